import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import type { OpenedRecord } from '../identity-store/source-record.repository.js';
import type { StoredRecord } from '../identity-store/stored-record.js';
import type { Tombstone } from '../retract-record/retracted-record.entity.js';
import { ChangeRecord } from './change-record.js';
import { CreateRecord, type Registered, type Registration } from './create-record.js';
import { SubsumeRecord } from './subsume-record.js';

/** What is known of a record that a feed speaks of; nothing for a new one. */
export interface Known {
  readonly before: OpenedRecord | undefined;
  /** Of a record that is fed for the first time again. */
  readonly tombstone: Tombstone | undefined;
  /** The record that it says it was replaced by. */
  readonly survivor: OpenedRecord | undefined;
}

/** Of a record that was not taken, because what it was replaced by was never fed. */
export type Placed = Registered | readonly ['survivor-unknown'];

/** What became of one entry of a feed. */
export type Placing = Registration | 'survivor-unknown';

/** Gives one record of a feed its place, new or known, and follows what it says of another of the member's. */
@Injectable()
export class PlaceRecord {
  constructor(
    private readonly creation: CreateRecord,
    private readonly alteration: ChangeRecord,
    private readonly subsumption: SubsumeRecord,
  ) {}

  async place(changes: IdentityChanges, memberId: string, content: StoredRecord, known: Known): Promise<Placed> {
    const { before, tombstone, survivor } = known;
    if (content.replacedBy !== undefined && survivor === undefined) return ['survivor-unknown'];
    const placed =
      before === undefined
        ? await this.creation.create(changes, memberId, content, tombstone)
        : await this.alteration.change(changes, before, content);
    const [registration, after] = placed;
    if (registration === 'quarantined') return placed;
    if (survivor !== undefined) await this.subsumption.follow(changes, after, survivor);
    else if (before?.content.replacedBy !== undefined) await this.subsumption.withdraw(changes, after);
    return placed;
  }
}
