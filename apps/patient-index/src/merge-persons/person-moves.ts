import { randomUUID } from 'node:crypto';

import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import type { LinkDetails } from '../identity-store/identity-event.js';
import { IdentityEventRepository } from '../identity-store/identity-event.repository.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { type ForestFault, faultOfMerge, faultOfUnmerge, rootOf } from '../identity-store/person-forest.js';
import { refusedPair } from '../identity-store/refused-pair.entity.js';
import type { OpenedRecord } from '../identity-store/source-record.repository.js';
import { type RecordLink, linkBefore } from './link-before.js';

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
  constructor(
    private readonly index: IdentityIndex,
    private readonly events: IdentityEventRepository,
  ) {}

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

  /** Links one record to another person than before, and tells the record locator. `part` restores the link it had. */
  move(changes: IdentityChanges, record: OpenedRecord, to: string, decision: Decision): void {
    const link = { ...this.linkBy(decision), movedFrom: record.entity.personId };
    this.relink(changes, record, { personId: to, details: link }, decision);
  }

  /**
   * Takes a record off its person for good, and the machine won't suggest that again. A record that was moved there goes back to whom it was
   * moved from, under the link that it had; unless that person has become one with this, it would be parted from nobody. Then, and when nobody
   * has moved it, it stands alone.
   *
   * @returns whose it is then. @throws Refusal `record-alone` 409
   */
  async part(changes: IdentityChanges, record: OpenedRecord, decision: Decision): Promise<string> {
    const { recordId, personId } = record.entity;
    const owner = rootOf(this.index, personId);
    const before = linkBefore(recordId, await this.events.ofRecord(recordId));
    if (before !== undefined && rootOf(this.index, before.personId) !== owner) {
      changes.refused.push(refusedPair(before.personId, personId));
      this.relink(changes, record, before, decision, { takesBack: true });
      return before.personId;
    }
    if (this.index.recordsUnder(owner).length === 1) throw new Refusal('record-alone', 409);
    return this.takeOff(changes, record, decision);
  }

  /** Takes a record off its person, whatever came before: it stands alone, as a person of its own, until somebody says otherwise. @returns that person. */
  takeOff(changes: IdentityChanges, record: OpenedRecord, decision: Decision): string {
    const personId = randomUUID();
    changes.people.push({ personId, survivorId: null });
    changes.refused.push(refusedPair(personId, record.entity.personId));
    this.relink(changes, record, { personId, details: this.linkBy(decision) }, decision);
    return personId;
  }

  private linkBy({ by, reason }: Decision): LinkDetails {
    return { by: 'reviewer', actor: by, reason, ...this.index.basis };
  }

  private relink(
    changes: IdentityChanges,
    { entity, content }: OpenedRecord,
    link: RecordLink,
    { by, reason, reviewId }: Decision,
    how: { readonly takesBack?: true } = {},
  ): void {
    const { recordId, personId: from } = entity;
    const { personId, details } = link;
    const off = { by, reason, ...(reviewId === undefined ? {} : { reviewId }), ...how };
    changes.relinked.push({ recordId, personId });
    changes.events.push({ kind: 'unlinked', recordId, personId: from, details: off });
    changes.events.push({ kind: 'linked', recordId, personId, details });
    changes.linked.push({ entity: { ...entity, personId }, content });
    changes.afterCommit.push(() => void this.index.relink(recordId, personId));
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
