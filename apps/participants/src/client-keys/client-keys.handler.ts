import type { ClientRegistration } from '@hie/contracts';
import { type Transaction, UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';

import { ClientEntity } from '../members/client.entity.js';
import { MemberAnnouncement } from '../members/member-announcement.js';
import { MemberEntity } from '../members/member.entity.js';
import { WithdrawnKeyEntity } from '../members/withdrawn-key.entity.js';
import { type ClientKey, thumbprintOf } from './client-key.js';
import { decideAddition, decideWithdrawal } from './decide-key-change.js';

/** Which client of which member. */
export interface ClientOfMember {
  readonly memberId: string;
  readonly clientId: string;
}

/** Gives a member's client another key and takes one from it; what it signs with the others goes on. */
@Injectable()
export class ClientKeysHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly announcement: MemberAnnouncement,
  ) {}

  /** @throws Refusal `client-unknown`, `key-known`, `key-withdrawn`, `kid-taken`, `too-many-keys` */
  add(of: ClientOfMember, key: ClientKey, claims: TransactionClaims): Promise<MemberEntity> {
    return this.change(of, async (transaction, client) => {
      const withdrawn = await transaction.manager.findBy(WithdrawnKeyEntity, { clientId: of.clientId });
      const decision = decideAddition(client.jwks.keys, new Set(withdrawn.map(({ thumbprint }) => thumbprint)), key);
      if (decision.kind === 'refused') throw refusal(decision.code);
      return { keys: decision.keys, action: 'client-key.added', thumbprint: thumbprintOf(key), claims };
    });
  }

  /**
   * From the announcement on the key gets no token, and a token that was got with it opens nothing.
   *
   * @throws Refusal `client-unknown`, `key-unknown`, `last-key`
   */
  withdraw(of: ClientOfMember, thumbprint: string, claims: TransactionClaims): Promise<MemberEntity> {
    return this.change(of, async (transaction, client) => {
      const decision = decideWithdrawal(client.jwks.keys, thumbprint);
      if (decision.kind === 'refused') throw refusal(decision.code);
      const row = { clientId: of.clientId, thumbprint, withdrawnAt: new Date(), withdrawnBy: claims.sub };
      await transaction.manager.insert(WithdrawnKeyEntity, row);
      return { keys: decision.keys, action: 'client-key.withdrawn', thumbprint, claims };
    });
  }

  private change(
    { memberId, clientId }: ClientOfMember,
    decide: (transaction: Transaction, client: ClientEntity) => Promise<KeyChange>,
  ): Promise<MemberEntity> {
    return this.unitOfWork.run(async (transaction) => {
      const { manager } = transaction;
      // The member's row orders all changes of it, its clients' included.
      await manager
        .createQueryBuilder(MemberEntity, 'member')
        .setLock('pessimistic_write')
        .where({ memberId })
        .getOne();
      const client = await manager.findOneBy(ClientEntity, { clientId, member: { memberId } });
      if (client === null) throw new Refusal('client-unknown', 404);
      const { keys, action, thumbprint, claims } = await decide(transaction, client);
      const jwks: ClientRegistration['jwks'] = { keys: [...keys] };
      await manager.update(ClientEntity, { clientId }, { jwks } as unknown as QueryDeepPartialEntity<ClientEntity>);
      await manager.increment(MemberEntity, { memberId }, 'version', 1);
      const member = await manager.findOneByOrFail(MemberEntity, { memberId });
      await this.announcement.make(transaction, member, { action, claims, details: { client: clientId, thumbprint } });
      return member;
    });
  }
}

interface KeyChange {
  readonly keys: readonly ClientKey[];
  readonly action: string;
  readonly thumbprint: string;
  readonly claims: TransactionClaims;
}

const refusal = (code: string): Refusal => new Refusal(code, code === 'key-unknown' ? 404 : 409);
