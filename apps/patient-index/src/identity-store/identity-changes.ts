import type { AuditFacts } from '@hie/messaging';

import type { IdentityEvent } from './identity-event.js';
import type { Undo } from './identity-index.js';
import type { MatchModelEntity } from '../promote-model/match-model.entity.js';
import type { Tombstone } from '../retract-record/retracted-record.entity.js';
import type { ReviewEntity } from '../review-identities/review.entity.js';
import type { PersonEntity } from './person.entity.js';
import type { RefusedPairEntity } from './refused-pair.entity.js';
import type { SourceRecordEntity } from './source-record.entity.js';
import type { StoredRecord } from './stored-record.js';

/**
 * Everything one change of identities does, gathered while it is decided: what goes into one transaction, and what becomes of the
 * index.
 *
 * Records of a feed enter the index at once, so that the next of the same message meets them, and are taken out again when the transaction fails
 * (`undo`). What people decide is done to the index after the commit alone (`afterCommit`), so that nobody is answered on a merge that never stood.
 */
export interface IdentityChanges {
  /** New persons. */
  readonly people: PersonEntity[];
  /** Merged persons, and those that stand for themselves again. */
  readonly redirected: PersonEntity[];
  /** New or changed records. */
  readonly records: SourceRecordEntity[];
  /** Records whose link alone changed. */
  readonly relinked: { readonly recordId: string; readonly personId: string }[];
  /** New reviews, and those that a word was said on. */
  readonly reviews: ReviewRow[];
  readonly refused: RefusedPairEntity[];
  readonly models: MatchModelEntity[];
  readonly retracted: RetractedRecord[];
  /** Tombstones of records that are there again, or have given way to another. */
  readonly returned: Tombstone[];
  readonly events: IdentityEvent[];
  /** Records whose place others must know. */
  readonly linked: LinkedRecord[];
  /** What the ledger is told. */
  readonly facts: AuditFacts[];
  readonly undo: Undo[];
  readonly afterCommit: (() => void)[];
}

/** A record that leaves, and the number that others know it by. */
export interface RetractedRecord {
  readonly tombstone: Tombstone;
  readonly identifier: StoredRecord['identifier'];
}

export interface LinkedRecord {
  readonly entity: Pick<SourceRecordEntity, 'recordId' | 'memberId' | 'personId'>;
  readonly content: StoredRecord;
}

/** A review as it is written: when it was opened, PostgreSQL says. */
export type ReviewRow = Omit<ReviewEntity, 'openedAt'>;

export const noChanges = (): IdentityChanges => ({
  people: [],
  redirected: [],
  records: [],
  relinked: [],
  reviews: [],
  refused: [],
  models: [],
  retracted: [],
  returned: [],
  events: [],
  linked: [],
  facts: [],
  undo: [],
  afterCommit: [],
});
