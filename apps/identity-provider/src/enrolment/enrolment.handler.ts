import { AuditTrail } from '@hie/messaging';
import type { Peer } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';

import { AuthenticatorEntity } from '../people/authenticator.entity.js';
import { Clock } from '../people/clock.js';
import { AUTHENTICATORS_WANTED } from '../people/decide-account.js';
import { type InvitationRefusal, decideInvitation } from '../people/decide-invitation.js';
import { InvitationEntity, type InvitationKind } from '../people/invitation.entity.js';
import { digestOfCode } from '../people/one-time-code.js';
import { PersonCipher, type PersonDetails } from '../people/person-cipher.js';
import { PersonEntity } from '../people/person.entity.js';
import { endSessions } from '../people/sessions.js';
import { checkAppCode, newAppSecret } from './authenticator-app.js';
import { EnrolmentSessionEntity } from './enrolment-session.entity.js';
import { EnrolmentSessions } from './enrolment-sessions.js';

/** How often a code of the app may be mistyped before the whole is to begin again. */
const MAX_FAILURES = 5;

/** An enrolment under way, as its pages show it. */
export interface Enrolment {
  readonly session: EnrolmentSessionEntity;
  readonly person: PersonEntity;
  readonly details: PersonDetails;
  /** Passkeys that can be used so far. */
  readonly passkeys: number;
  /** What the app is to be told; absent where it is set up already. */
  readonly secret?: string;
}

/**
 * From a one-time code to two passkeys. The code and the authenticator app open this scope and nothing else: no token comes of it.
 */
@Injectable()
export class EnrolmentHandler {
  constructor(
    private readonly source: DataSource,
    private readonly sessions: EnrolmentSessions,
    private readonly cipher: PersonCipher,
    private readonly clock: Clock,
    private readonly trail: AuditTrail,
  ) {}

  /** @returns the cookie of the enrolment that a code opens, or why it opens none. */
  async open(code: string, from: Peer): Promise<{ readonly cookie: string } | { readonly refused: InvitationRefusal }> {
    const invitation = await this.source.getRepository(InvitationEntity).findOneBy({ codeHash: digestOfCode(code) });
    const person = invitation && (await this.personOf(invitation.personId));
    const isOpen = person !== null && person.status !== 'disabled';
    const decision = decideInvitation(invitation !== null && isOpen ? invitation : undefined, this.clock.now());
    if (decision !== 'permit' || invitation === null || person === null) {
      const reason = decision === 'permit' ? 'invitation-unknown' : decision;
      await this.tell(from, person?.personId, 'enrolment.refused', { reason });
      return { refused: reason };
    }
    const isNewApp = person.totpSecret === null || invitation.appLost;
    const totpDraft = isNewApp ? await this.cipher.sealSecret(person.memberId, newAppSecret()) : null;
    const { personId, invitationId } = invitation;
    return { cookie: await this.sessions.open({ personId, invitationId, stage: 'app', totpDraft }) };
  }

  /** What somebody with one passkey gets by signing in with it: the page where a second is registered. */
  openForSecondPasskey(personId: string): Promise<string> {
    return this.sessions.open({ personId, invitationId: null, stage: 'passkeys', totpDraft: null });
  }

  async find(cookie: string | undefined): Promise<Enrolment | undefined> {
    const session = await this.sessions.find(cookie);
    const person = session && (await this.personOf(session.personId));
    if (session === undefined || person === undefined || person === null || person.status === 'disabled')
      return undefined;
    const draft = session.totpDraft && (await this.cipher.openSecret(person.memberId, session.totpDraft));
    return {
      ...{ session, person, details: await this.cipher.open(person) },
      passkeys: await this.activePasskeys(person.personId),
      ...(draft === null ? {} : { secret: draft }),
    };
  }

  /** Takes a code of the app, once; with it the invitation is used up. @returns whether the code was taken. */
  async confirmApp({ session, person, secret }: Enrolment, typed: string, from: Peer): Promise<boolean> {
    const known = secret ?? (person.totpSecret && (await this.cipher.openSecret(person.memberId, person.totpSecret)));
    const lastStep = secret === undefined && person.totpLastStep !== null ? Number(person.totpLastStep) : undefined;
    const step = known === null ? undefined : await checkAppCode(known, typed, lastStep, this.clock.now());
    if (step === undefined) {
      await this.countFailure(session, person.personId, from);
      return false;
    }
    const used = await this.useInvitation(session, person, step);
    if (used === undefined) {
      // Somebody was faster with the same code: this one opens nothing.
      await this.sessions.close(session);
      await this.tell(from, person.personId, 'enrolment.refused', { reason: 'invitation-used' });
      return false;
    }
    await this.sessions.advance(session);
    await this.tell(from, person.personId, used === 'recovery' ? 'recovery.used' : 'enrolment.opened');
    return true;
  }

  /** Called once a passkey has been stored. @returns how many there are now. */
  async passkeyAdded({ person }: Enrolment, from: Peer): Promise<number> {
    const { personId } = person;
    const passkeys = await this.activePasskeys(personId);
    if (passkeys >= AUTHENTICATORS_WANTED && person.status === 'invited') {
      const to = { status: 'active' as const, lastActiveAt: this.clock.now() };
      await this.source.getRepository(PersonEntity).update({ personId, status: 'invited' }, to);
      await this.tell(from, personId, 'person.enrolled');
    }
    await this.tell(from, personId, 'authenticator.added');
    return passkeys;
  }

  /** Five wrong codes spend the invitation, in however many sessions they were typed. */
  private async countFailure(session: EnrolmentSessionEntity, personId: string, from: Peer): Promise<void> {
    const invitations = this.source.getRepository(InvitationEntity);
    const invitationId = invitationOf(session);
    await invitations.increment({ invitationId }, 'failures', 1);
    const { failures } = await invitations.findOneByOrFail({ invitationId });
    const isSpent = failures >= MAX_FAILURES;
    if (isSpent) {
      await invitations.update({ invitationId, usedAt: IsNull() }, { usedAt: this.clock.now() });
      await this.sessions.close(session);
    }
    await this.tell(from, personId, 'enrolment.refused', {
      reason: isSpent ? 'app-codes-exhausted' : 'app-code-wrong',
    });
  }

  /** @returns what the invitation was for; `undefined` when it has been used or spent meanwhile. */
  private async useInvitation(
    session: EnrolmentSessionEntity,
    { personId }: PersonEntity,
    step: number,
  ): Promise<InvitationKind | undefined> {
    return this.source.transaction(async (manager) => {
      const invitationId = invitationOf(session);
      const unused = { invitationId, usedAt: IsNull() };
      const { affected } = await manager.update(InvitationEntity, unused, { usedAt: this.clock.now() });
      if (affected !== 1) return undefined;
      const { kind } = await manager.findOneByOrFail(InvitationEntity, { invitationId });
      const app = session.totpDraft === null ? {} : { totpSecret: session.totpDraft };
      await manager.update(PersonEntity, { personId }, { ...app, totpLastStep: String(step) });
      if (kind === 'enrolment') return kind;
      // What was lost may have been found by another: it opens nothing any more.
      await manager.update(AuthenticatorEntity, { personId }, { status: 'revoked' });
      await manager.update(PersonEntity, { personId }, { status: 'invited' });
      await endSessions(manager, personId);
      return kind;
    });
  }

  private personOf(personId: string): Promise<PersonEntity | null> {
    return this.source.getRepository(PersonEntity).findOneBy({ personId });
  }

  private activePasskeys(personId: string): Promise<number> {
    return this.source.getRepository(AuthenticatorEntity).countBy({ personId, status: 'active' });
  }

  private tell(
    from: Peer,
    userId: string | undefined,
    action: string,
    refusal?: { readonly reason: string },
  ): Promise<void> {
    const outcome = refusal === undefined ? 'success' : 'refused';
    const requester = { ...from, ...(userId === undefined ? {} : { userId }) };
    return this.trail.record({ action, outcome, ...refusal }, { requester });
  }
}

function invitationOf({ invitationId }: EnrolmentSessionEntity): string {
  if (invitationId === null) throw new RangeError('An app’s code was typed where there is no invitation.');
  return invitationId;
}
