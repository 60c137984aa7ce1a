import type { OutboxRecord } from '@hie/persistence';

import type { IdentityEvent } from './identity-event.js';
import type { Undo } from './identity-index.js';
import type { PersonEntity } from './person.entity.js';
import type { SourceRecordEntity } from './source-record.entity.js';

/**
 * Everything one change of identities does, gathered while it is decided: what goes into one transaction, and what becomes of the
 * index.
 *
 * What parts records or persons is done to the index at once and undone when the transaction fails (`undo`); what brings persons together
 * is done after the commit alone (`afterCommit`), so that nobody is answered on a merge that never stood.
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
  readonly events: IdentityEvent[];
  /** Messages to send once it is true. */
  readonly announced: OutboxRecord[];
  readonly undo: Undo[];
  readonly afterCommit: (() => void)[];
}

export const noChanges = (): IdentityChanges => ({
  people: [],
  redirected: [],
  records: [],
  relinked: [],
  events: [],
  announced: [],
  undo: [],
  afterCommit: [],
});
