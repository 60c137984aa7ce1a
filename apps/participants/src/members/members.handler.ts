import { MemberKeyError } from '@hie/key-store';
import { UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { FileKeyring, Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type QueryDeepPartialEntity, QueryFailedError } from 'typeorm';

import { ClientEntity } from './client.entity.js';
import { IdentifierSystemEntity } from './identifier-system.entity.js';
import { MemberAnnouncement } from './member-announcement.js';
import type { MemberRegistration } from './member-registration.js';
import { MemberEntity } from './member.entity.js';

const UNIQUE_VIOLATION = '23505';

/** Brings members in and puts them out; every change is announced in the transaction that makes it. */
@Injectable()
export class MembersHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly source: DataSource,
    private readonly announcement: MemberAnnouncement,
    private readonly keyring: FileKeyring,
  ) {}

  list(): Promise<MemberEntity[]> {
    return this.source.getRepository(MemberEntity).find({ order: { memberId: 'asc' } });
  }

  /**
   * @throws Refusal `already-registered` when the id, the organisation, a client or an identifier system is taken, `member-key-destroyed` when
   * a member of that id was to be forgotten.
   */
  async register(registration: MemberRegistration, claims: TransactionClaims): Promise<MemberEntity> {
    const { identifierSystems, clients, ...fields } = registration;
    // Before anybody hears of the member: whatever they then store lies under its key.
    this.makeKey(fields.memberId);
    try {
      return await this.unitOfWork.run(async (transaction) => {
        // Inserted, never saved: TypeORM's save would move another member's client or identifier system over to this one.
        const { manager } = transaction;
        const owner = { member: { memberId: fields.memberId } };
        await manager.insert(MemberEntity, { ...fields, status: 'active', suspension: null });
        await manager.insert(
          ClientEntity,
          // TypeORM's partial type takes the open-ended JWK for an entity of its own.
          clients.map((client) => ({ ...client, ...owner }) as QueryDeepPartialEntity<ClientEntity>),
        );
        await manager.insert(
          IdentifierSystemEntity,
          identifierSystems.map((system) => ({ system, ...owner })),
        );
        const member = await manager.findOneByOrFail(MemberEntity, { memberId: fields.memberId });
        await this.announcement.make(transaction, member, { action: 'member.registered', claims });
        return member;
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Refusal('already-registered', 409);
      throw error;
    }
  }

  /** Out, as requester and as source, as soon as the others have read the announcement. */
  suspend(memberId: string, reason: string, claims: TransactionClaims): Promise<MemberEntity> {
    const suspension = { reason, by: claims.sub, at: new Date().toISOString() };
    return this.change(memberId, { status: 'suspended', suspension }, 'member.suspended', claims);
  }

  resume(memberId: string, claims: TransactionClaims): Promise<MemberEntity> {
    return this.change(memberId, { status: 'active', suspension: null }, 'member.resumed', claims);
  }

  private makeKey(memberId: string): void {
    try {
      this.keyring.members.make(memberId);
    } catch (error) {
      if (error instanceof MemberKeyError) throw new Refusal(error.code, 409);
      throw error;
    }
  }

  private change(
    memberId: string,
    to: Pick<MemberEntity, 'status' | 'suspension'>,
    action: string,
    claims: TransactionClaims,
  ): Promise<MemberEntity> {
    return this.unitOfWork.run(async (transaction) => {
      const repository = transaction.manager.getRepository(MemberEntity);
      await repository.createQueryBuilder('member').setLock('pessimistic_write').where({ memberId }).getOne();
      const member = await repository.findOneBy({ memberId });
      if (member === null) throw new Refusal('member-unknown', 404);
      if (member.status === to.status) return member;
      const changed = await repository.save(Object.assign(member, to));
      await this.announcement.make(transaction, changed, { action, claims });
      return changed;
    });
  }
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === UNIQUE_VIOLATION;
