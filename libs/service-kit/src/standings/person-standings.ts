import type { DecisionBasis, StandingChanged } from '@hie/contracts';
import { Injectable } from '@nestjs/common';

/** Why a decision does not hold any more; a stable code, for the ledger. */
export type BasisChange = 'consent-changed' | 'decision-expired';

/** Longer than anything decided before is on its way or held, ms. */
const KEPT_MS = 3_600_000;

interface Known {
  readonly epoch: number;
  readonly heardAt: number;
}

/** Of whom something changed lately, and how often so far; in memory, read from the topic's beginning at each start. */
@Injectable()
export class PersonStandings {
  private readonly consents = new Map<string, Known>();

  /** Keeps the higher of two epochs: a topic may deliver an older one again. */
  apply({ personId, epoch }: Pick<StandingChanged, 'personId' | 'epoch'>, now = performance.now()): void {
    const known = this.consents.get(personId);
    const newest = Math.max(epoch, known?.epoch ?? 0);
    this.consents.delete(personId);
    this.consents.set(personId, { epoch: newest, heardAt: now });
    this.forget(now - KEPT_MS);
  }

  /** @param at ms since the epoch. @returns why what was decided on this basis does not hold any more; `undefined` while it does. */
  changeSince({ consentEpochs, until }: DecisionBasis, at: number): BasisChange | undefined {
    const isNewer = ([personId, epoch]: readonly [string, number]) => (this.consents.get(personId)?.epoch ?? 0) > epoch;
    if (Object.entries(consentEpochs).some(isNewer)) return 'consent-changed';
    return until !== undefined && at >= until ? 'decision-expired' : undefined;
  }

  /** The oldest are first, because whoever is heard of again is moved to the end. */
  private forget(before: number): void {
    for (const [personId, { heardAt }] of this.consents) {
      if (heardAt >= before) return;
      this.consents.delete(personId);
    }
  }
}
