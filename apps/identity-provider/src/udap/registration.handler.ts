import { createHash, randomUUID } from 'node:crypto';

import { type MemberChanged, clientRegistered } from '@hie/contracts';
import { AuditTrail, AuditWriter, MessageWriter } from '@hie/messaging';
import { type Transaction, UnitOfWork } from '@hie/persistence';
import { MemberDirectory, type Peer, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityProviderConfig } from '../identity-provider.config.js';
import { OidcPayloadEntity } from '../oidc/oidc-payload.entity.js';
import { type Registration, decideRegistration, rightsOf } from './decide-registration.js';
import { RegistrationRefused, type SoftwareStatement, verifySoftwareStatement } from './software-statement.js';
import { UdapClientEntity } from './udap-client.entity.js';
import { type TrustCommunity, UdapTrust } from './udap-trust.js';

/** A registration as it is now, and whether it is a new one. */
export interface Registered {
  readonly client: UdapClientEntity;
  readonly isNew: boolean;
}

/** Where this exchange's clients register themselves. */
export const registrationUrl = ({ ISSUER }: Pick<IdentityProviderConfig, 'ISSUER'>): string => `${ISSUER}/register`;

const actions = { register: 'client.registered', change: 'client.changed', cancel: 'client.cancelled' } as const;

/** Tells the others of a registration, and the ledger. */
@Injectable()
export class RegistrationAnnouncement {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
    private readonly trail: AuditTrail,
  ) {}

  async make(
    transaction: Transaction,
    client: UdapClientEntity,
    kind: Registration['kind'],
    from: Peer,
  ): Promise<void> {
    const { clientId, memberId, status, version, uri, scopes } = client;
    const at = client.changedAt.toISOString();
    const { record } = await this.writer.write(clientRegistered, {
      ...{ eventId: randomUUID(), clientId, memberId, status, version, at },
    });
    const details = { uri, version, scopes };
    const requester = { clientId, memberId, ...from };
    const audited = await this.audit.write({ action: actions[kind], outcome: 'success', details }, { requester });
    await transaction.announce([record, audited.record]);
  }

  refusal({ code, reason }: RegistrationRefused, from: Peer): Promise<void> {
    const facts = { action: 'registration.refused', outcome: 'refused', reason, details: { error: code } } as const;
    return this.trail.record(facts, { requester: from });
  }
}

/** UDAP Dynamic Client Registration (RFC 7591): registers, changes and cancels what software statements ask for. */
@Injectable()
export class RegistrationHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly trust: UdapTrust,
    private readonly directory: MemberDirectory,
    private readonly announcement: RegistrationAnnouncement,
    @Inject(SERVICE_CONFIG) private readonly config: IdentityProviderConfig,
  ) {}

  /** @returns `undefined` where no trust community is configured. @throws RegistrationRefused, which the ledger has been told of. */
  async register(softwareStatement: unknown, from: Peer): Promise<Registered | undefined> {
    const trust = this.trust.current();
    if (trust === undefined) return undefined;
    try {
      const expected = { trust, audience: registrationUrl(this.config), nowMs: Date.now() };
      const statement = await verifySoftwareStatement(softwareStatement, expected);
      const member = this.memberOf(statement, trust);
      return await this.unitOfWork.run((transaction) => this.apply(transaction, statement, member, from));
    } catch (error) {
      if (error instanceof RegistrationRefused) await this.announcement.refusal(error, from);
      throw error;
    }
  }

  private memberOf({ uri }: SoftwareStatement, trust: TrustCommunity): MemberChanged {
    const memberId = trust.memberOf(uri);
    const member = memberId === undefined ? undefined : this.directory.find(memberId);
    const refused = (reason: string) => new RegistrationRefused('unapproved_software_statement', reason);
    if (member === undefined) throw refused('member-unknown');
    if (!this.directory.isActive(member.memberId)) throw refused('member-suspended');
    return member;
  }

  private async apply(
    transaction: Transaction,
    statement: SoftwareStatement,
    member: MemberChanged,
    from: Peer,
  ): Promise<Registered> {
    const { manager } = transaction;
    const { uri, clientName: name, contacts, boundBy } = statement;
    // One change of a system at a time, the first of all included.
    await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [uri]);
    await useOnce(transaction, statement);
    const known = await manager.findOneBy(UdapClientEntity, { uri, status: 'active' });
    const decision = decideRegistration(statement, rightsOf(member), known !== null);
    const fields = { memberId: member.memberId, changedAt: new Date() };
    const client = manager.create(UdapClientEntity, {
      ...(known ?? { clientId: `udap-${randomUUID()}`, uri }),
      ...fields,
      ...(decision.kind === 'cancel'
        ? { status: 'cancelled' as const }
        : { name, contacts: [...contacts], scopes: [...decision.scopes], boundBy, status: 'active' as const }),
    });
    await manager.save(client);
    await this.announcement.make(transaction, client, decision.kind, from);
    return { client, isNew: decision.kind === 'register' };
  }
}

/** @throws RegistrationRefused for a statement that had its effect before. */
async function useOnce({ manager }: Transaction, { uri, jti, expiresAt }: SoftwareStatement): Promise<void> {
  const id = createHash('sha256').update(`${uri} ${jti}`).digest('base64url');
  const row = { model: 'SoftwareStatement', id, payload: {}, expiresAt };
  const { raw } = await manager
    .createQueryBuilder()
    .insert()
    .into(OidcPayloadEntity)
    .values(row)
    .orIgnore()
    .returning('id')
    .execute();
  if ((raw as unknown[]).length === 0) throw new RegistrationRefused('invalid_software_statement', 'replayed');
}
