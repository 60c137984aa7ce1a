import { AuditTrail } from '@hie/messaging';
import { PERSON_ACR } from '@hie/purpose-of-use';
import type { Peer } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';

import { Clock } from '../people/clock.js';
import { type SignInRefusal, decideSignIn } from '../people/decide-account.js';
import { InvitationEntity } from '../people/invitation.entity.js';
import { PersonEntity } from '../people/person.entity.js';
import { accountState } from '../people/account-state.js';
import { type PasskeyRefusal, PasskeyRefused } from './passkey-refused.js';
import { Passkeys, type ProvenPerson } from './passkeys.js';

export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly login: PersonLogin }
  | { readonly kind: 'enrol'; readonly personId: string }
  | { readonly kind: 'refused'; readonly reason: SignInRefusal | PasskeyRefusal };

/** Through which console somebody signs in, and from where. */
export interface SignInSource extends Peer {
  readonly clientId: string;
}

/** What oidc-provider keeps of a sign-in. */
export interface PersonLogin {
  readonly accountId: string;
  readonly acr: string;
  readonly amr: string[];
  /** When, seconds since the epoch. */
  readonly ts: number;
  readonly remember: false;
}

/** Decides what a passkey's answer opens, and tells the ledger. */
@Injectable()
export class SignInHandler {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly trail: AuditTrail,
  ) {}

  async signIn(posted: unknown, boundTo: string, from: SignInSource): Promise<SignInOutcome> {
    const proven = await this.prove(posted, boundTo);
    if (proven instanceof PasskeyRefused) return this.refused(proven.code, from, proven.personId);
    const { personId, amr } = proven;
    const now = this.clock.now();
    const decision = decideSignIn(await accountState(this.source, personId), now);
    if (decision === 'enrol') return { kind: 'enrol', personId };
    if (decision !== 'permit') return this.refused(decision, from, personId);
    await this.source.transaction(async (manager) => {
      await manager.update(PersonEntity, { personId }, { lastActiveAt: now });
      // Whoever signs in has not lost what they sign in with: a recovery under way is somebody else's.
      const pending = { personId, kind: 'recovery' as const, usedAt: IsNull() };
      await manager.update(InvitationEntity, pending, { expiresAt: now });
    });
    const details = { acr: PERSON_ACR, amr: [...amr] };
    await this.trail.record(
      { action: 'person.signed-in', outcome: 'success', details },
      { requester: { ...from, userId: personId } },
    );
    const ts = Math.floor(now.getTime() / 1000);
    return { kind: 'signed-in', login: { accountId: personId, acr: PERSON_ACR, amr: [...amr], ts, remember: false } };
  }

  private async prove(posted: unknown, boundTo: string): Promise<ProvenPerson | PasskeyRefused> {
    try {
      return await this.passkeys.verify(posted, boundTo);
    } catch (error) {
      if (error instanceof PasskeyRefused) return error;
      throw error;
    }
  }

  private async refused(
    reason: SignInRefusal | PasskeyRefusal,
    from: SignInSource,
    userId: string | undefined,
  ): Promise<SignInOutcome> {
    const requester = { ...from, ...(userId === undefined ? {} : { userId }) };
    await this.trail.record({ action: 'sign-in.refused', outcome: 'refused', reason }, { requester });
    return { kind: 'refused', reason };
  }
}
