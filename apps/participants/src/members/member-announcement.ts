import { randomUUID } from 'node:crypto';

import { type MemberChanged, memberChanged } from '@hie/contracts';
import { AuditWriter, MessageWriter } from '@hie/messaging';
import type { Transaction } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { type MemberEntity, registrationsOf } from './member.entity.js';

/** What happened to a member, and who did it. */
export interface MemberAction {
  readonly action: string;
  readonly claims: TransactionClaims;
  /** Beside the member and its version. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** Tells the other services what a member is now, and the ledger why: in the transaction that changed it. */
@Injectable()
export class MemberAnnouncement {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
  ) {}

  async make(transaction: Transaction, member: MemberEntity, { action, claims, details }: MemberAction): Promise<void> {
    const { record } = await this.writer.write(memberChanged, changeOf(member));
    const { memberId, version } = member;
    const facts = { action, outcome: 'success', details: { member: memberId, version, ...details } } as const;
    const audited = await this.audit.write(facts, { claims });
    await transaction.announce([record, audited.record]);
  }
}

const changeOf = (member: MemberEntity): MemberChanged => ({
  eventId: randomUUID(),
  memberId: member.memberId,
  organizationId: member.organizationId,
  name: member.name,
  status: member.status,
  identifierSystems: member.identifierSystems.map(({ system }) => system),
  discloses: member.discloses,
  sites: [...member.sites],
  endpoints: [...member.endpoints],
  clients: registrationsOf(member),
  version: member.version,
  at: new Date().toISOString(),
});
