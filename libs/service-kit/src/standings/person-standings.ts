import type { DecisionBasis, StandingChanged } from '@hie/contracts';
import { Injectable } from '@nestjs/common';

/** Why a decision does not hold any more; a stable code, for the ledger. */
export type BasisChange = 'consent-changed' | 'identity-changed' | 'decision-expired';

/** Longer than anything decided before is on its way or held, ms. */
const KEPT_MS = 3_600_000;

interface Known {
  readonly epoch: number;
  readonly heardAt: number;
}

/** Of whom something changed lately, and up to which epoch; in memory, read from the topics' beginning at each start. */
@Injectable()
export class PersonStandings {
  private readonly consents = new Map<string, Known>();
  private readonly identities = new Map<string, Known>();

  /** The person's consents changed. */
  applyConsent(change: Pick<StandingChanged, 'personId' | 'epoch'>, now = performance.now()): void {
    apply(this.consents, change, now);
  }

  /** Who the person is changed. */
  applyIdentity(change: Pick<StandingChanged, 'personId' | 'epoch'>, now = performance.now()): void {
    apply(this.identities, change, now);
  }

  /** @param at ms since the epoch. @returns why what was decided on this basis does not hold any more; `undefined` while it does. */
  changeSince({ consentEpochs, identityEpoch = 0, until }: DecisionBasis, at: number): BasisChange | undefined {
    const persons = Object.entries(consentEpochs);
    if (persons.some(([personId]) => isNewer(this.identities, personId, identityEpoch))) return 'identity-changed';
    if (persons.some(([personId, epoch]) => isNewer(this.consents, personId, epoch))) return 'consent-changed';
    return until !== undefined && at >= until ? 'decision-expired' : undefined;
  }
}

/** Keeps the higher of two epochs: a topic may deliver an older one again. */
function apply(
  table: Map<string, Known>,
  { personId, epoch }: Pick<StandingChanged, 'personId' | 'epoch'>,
  now: number,
) {
  const newest = Math.max(epoch, table.get(personId)?.epoch ?? 0);
  table.delete(personId);
  table.set(personId, { epoch: newest, heardAt: now });
  // The oldest are first, because whoever is heard of again is moved to the end.
  for (const [other, { heardAt }] of table) {
    if (heardAt >= now - KEPT_MS) return;
    table.delete(other);
  }
}

const isNewer = (table: ReadonlyMap<string, Known>, personId: string, epoch: number): boolean =>
  (table.get(personId)?.epoch ?? 0) > epoch;
