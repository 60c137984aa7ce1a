import { randomUUID } from 'node:crypto';

import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { type ForestFault, faultOfMerge, faultOfUnmerge } from '../identity-store/person-forest.js';
import { refusedPair } from '../identity-store/refused-pair.entity.js';
import type { OpenedRecord } from '../identity-store/source-record.repository.js';

/** Who decided, and why. */
export interface Decision {
  readonly by: string;
  readonly reason: string;
  readonly reviewId?: string;
}

/** A merge, which two people have agreed on. */
export interface AgreedMerge {
  readonly personId: string;
  readonly survivorId: string;
  readonly reviewId: string;
  readonly proposedBy: string;
  readonly approvedBy: string;
  readonly reason: string;
}

/** What joins and parts persons, as parts of a change (`IdentityWriter`). */
@Injectable()
export class PersonMoves {
  constructor(private readonly index: IdentityIndex) {}

  /** @throws Refusal with the forest's fault: `person-unknown` 404; `person-merged`, `same-person` 409. */
  merge(changes: IdentityChanges, { personId, survivorId, ...details }: AgreedMerge): void {
    refuse(faultOfMerge(this.index, personId, survivorId));
    changes.redirected.push({ personId, survivorId });
    changes.events.push({ kind: 'merged', recordId: null, personId, details: { survivorId, ...details } });
    changes.afterCommit.push(() => void this.index.redirect(personId, survivorId));
  }

  /**
   * Takes a merge back. The machine won't suggest it again.
   *
   * @returns the survivor. @throws Refusal `person-unknown` 404, `not-merged` 409
   */
  unmerge(changes: IdentityChanges, personId: string, { by, reason }: Decision): string {
    refuse(faultOfUnmerge(this.index, personId));
    const survivorId = this.index.survivorOf(personId) ?? personId;
    changes.redirected.push({ personId, survivorId: null });
    changes.refused.push(refusedPair(personId, survivorId));
    changes.events.push({ kind: 'unmerged', recordId: null, personId, details: { survivorId, by, reason } });
    changes.afterCommit.push(() => void this.index.separate(personId));
    return survivorId;
  }

  /** Links one record to another person than before, and tells the record locator. */
  move(changes: IdentityChanges, { entity, content }: OpenedRecord, to: string, decision: Decision): void {
    const { recordId, personId } = entity;
    const { by, reason, reviewId } = decision;
    const off = { by, reason, ...(reviewId === undefined ? {} : { reviewId }) };
    const link = { by: 'reviewer', actor: by, reason, ...this.index.basis } as const;
    changes.relinked.push({ recordId, personId: to });
    changes.events.push({ kind: 'unlinked', recordId, personId, details: off });
    changes.events.push({ kind: 'linked', recordId, personId: to, details: link });
    changes.linked.push({ entity: { ...entity, personId: to }, content });
    changes.afterCommit.push(() => void this.index.relink(recordId, to));
  }

  /** Takes a record off its person: it stands alone, as a person of its own, until somebody says otherwise. @returns that person. */
  takeOff(changes: IdentityChanges, record: OpenedRecord, decision: Decision): string {
    const personId = randomUUID();
    changes.people.push({ personId, survivorId: null });
    changes.refused.push(refusedPair(personId, record.entity.personId));
    this.move(changes, record, personId, decision);
    return personId;
  }
}

const statuses: Record<ForestFault, number> = {
  'person-unknown': 404,
  'person-merged': 409,
  'same-person': 409,
  'not-merged': 409,
};

/** Refuses what the forest of persons does not bear. */
export function refuse(fault: ForestFault | undefined): void {
  if (fault !== undefined) throw new Refusal(fault, statuses[fault]);
}
