import { randomUUID } from 'node:crypto';

import { OPERATOR } from '@hie/contracts';
import { AuditWriter } from '@hie/messaging';
import { type Transaction, UnitOfWork } from '@hie/persistence';
import type { Role, TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory, Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';

import { Clock } from './clock.js';
import { type AdministrationRefusal, administratorOf, decideAdministration } from './decide-administration.js';
import { decidePatientAccount } from './decide-patient-account.js';
import { InvitationEntity } from './invitation.entity.js';
import { digestOfCode, newOneTimeCode } from './one-time-code.js';
import { PersonCipher } from './person-cipher.js';
import type { PersonInvitation } from './person-invitation.js';
import { PersonEntity, PersonRoleEntity, rolesOf } from './person.entity.js';
import { endSessions } from './sessions.js';

const INVITATION_LASTS_MS = 48 * 3_600_000;
const UNIQUE_VIOLATION = '23505';

/** An invitation as the administrator is told it: the code is said once and kept nowhere. */
export interface IssuedInvitation {
  readonly personId: string;
  readonly code: string;
  readonly usableAt: Date;
  readonly expiresAt: Date;
}

/** Who may sign in, and as what; every change is one commit with its entry for the ledger. */
@Injectable()
export class PeopleHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cipher: PersonCipher,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
    private readonly directory: MemberDirectory,
  ) {}

  /** @throws Refusal `member-unknown`, `already-invited`, or one of administration's or of a patient's account. */
  async invite(
    { memberId, roles, patient, until, ...details }: PersonInvitation,
    claims: TransactionClaims,
  ): Promise<IssuedInvitation> {
    const by = administratorOf(claims);
    permitted(decideAdministration(by, { memberId }, roles));
    if (memberId !== OPERATOR && this.directory.find(memberId) === undefined) throw new Refusal('member-unknown', 422);
    ofOnePatient(roles, patient !== undefined);
    const sealed = {
      ...(await this.cipher.seal(memberId, details)),
      patient: patient === undefined ? null : await this.cipher.sealPatient(memberId, patient),
      patientUntil: until ?? null,
    };
    const now = this.clock.now();
    const personId = randomUUID();
    const issued = { personId, code: newOneTimeCode(), usableAt: now, expiresAt: later(now, INVITATION_LASTS_MS) };
    try {
      await this.unitOfWork.run(async (transaction) => {
        const { manager } = transaction;
        await manager.insert(PersonEntity, { personId, memberId, ...sealed, status: 'invited', lastActiveAt: now });
        await manager.insert(
          PersonRoleEntity,
          [...new Set(roles)].map((role) => ({ personId, role, grantedBy: by.id, grantedAt: now })),
        );
        await manager.insert(InvitationEntity, {
          ...{ invitationId: randomUUID(), personId, kind: 'enrolment', codeHash: digestOfCode(issued.code) },
          ...{ issuedBy: by.id, appLost: false, issuedAt: now, usableAt: issued.usableAt, expiresAt: issued.expiresAt },
        });
        await this.tell(transaction, 'person.invited', { person: personId, member: memberId, roles }, claims);
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Refusal('already-invited', 409);
      throw error;
    }
    return issued;
  }

  /** Ends every session; what a token in somebody's hands still opens, it opens for five minutes. */
  disable(personId: string, reason: string, claims: TransactionClaims): Promise<PersonEntity> {
    return this.change(personId, claims, 'person.disabled', {}, async ({ manager }) => {
      await manager.update(PersonEntity, { personId }, { status: 'disabled', disabledReason: reason });
      await endSessions(manager, personId);
    });
  }

  /** Lets a disabled person sign in again; the ninety days of absence begin anew. */
  enable(personId: string, claims: TransactionClaims): Promise<PersonEntity> {
    const to = { status: 'active' as const, disabledReason: null, lastActiveAt: this.clock.now() };
    return this.change(personId, claims, 'person.enabled', {}, async ({ manager }) => {
      await manager.update(PersonEntity, { personId, status: 'disabled' }, to);
    });
  }

  grantRole(personId: string, role: Role, claims: TransactionClaims): Promise<PersonEntity> {
    const { id: grantedBy } = administratorOf(claims);
    return this.change(personId, claims, 'person.role-granted', { role }, async ({ manager }, person) => {
      ofOnePatient([...rolesOf(person), role], person.patient !== null);
      await manager.upsert(PersonRoleEntity, { personId, role, grantedBy, grantedAt: this.clock.now() }, [
        'personId',
        'role',
      ]);
    });
  }

  withdrawRole(personId: string, role: Role, claims: TransactionClaims): Promise<PersonEntity> {
    return this.change(personId, claims, 'person.role-withdrawn', { role }, async ({ manager }) => {
      await manager.delete(PersonRoleEntity, { personId, role });
    });
  }

  private change(
    personId: string,
    claims: TransactionClaims,
    action: string,
    about: { readonly role?: Role },
    work: (transaction: Transaction, person: PersonEntity) => Promise<void>,
  ): Promise<PersonEntity> {
    return this.unitOfWork.run(async (transaction) => {
      const { manager } = transaction;
      const person = await manager.findOneBy(PersonEntity, { personId });
      if (person === null) throw new Refusal('person-unknown', 404);
      permitted(decideAdministration(administratorOf(claims), person, about.role === undefined ? [] : [about.role]));
      await work(transaction, person);
      await this.tell(transaction, action, { person: personId, member: person.memberId, ...about }, claims);
      return manager.findOneByOrFail(PersonEntity, { personId });
    });
  }

  private async tell(
    transaction: Transaction,
    action: string,
    details: Readonly<Record<string, string | string[]>>,
    claims: TransactionClaims,
  ): Promise<void> {
    const { record } = await this.audit.write({ action, outcome: 'success', details }, { claims });
    await transaction.announce([record]);
  }
}

/** A person of another member is told as one that is not there; the ledger learns what was tried. @throws Refusal */
export function permitted(decision: 'permit' | AdministrationRefusal): void {
  if (decision === 'permit') return;
  throw decision === 'person-of-another' ? new Refusal('person-unknown', 404, decision) : new Refusal(decision, 403);
}

/** @throws Refusal */
function ofOnePatient(roles: readonly Role[], isOfPatient: boolean): void {
  const decision = decidePatientAccount(roles, isOfPatient);
  if (decision !== 'permit') throw new Refusal(decision, 422);
}

export const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms);

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === UNIQUE_VIOLATION;
