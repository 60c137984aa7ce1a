import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { traitsOf } from '../identity-store/record-traits.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { StandingDecisions } from '../identity-store/standing-decisions.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import { decideReturn } from '../retract-record/decide-return.js';
import type { Tombstone } from '../retract-record/retracted-record.entity.js';
import { AskAgain } from '../review-identities/ask-again.js';
import { candidateOf, openReview } from '../review-identities/open-review.js';
import { type LinkDecision, decideLink } from './decide-link.js';

/** What became of one record of a feed. */
export type Registration = 'created' | 'changed' | 'unchanged' | 'quarantined';

/** And the record as it is now. */
export type Registered = readonly [Registration, OpenedRecord];

/** Gives a record that is not in the index its place, as a part of a change. */
@Injectable()
export class CreateRecord {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly decisions: StandingDecisions,
    private readonly askAgain: AskAgain,
  ) {}

  /** @param tombstone where the member has withdrawn a record of this identifier */
  async create(
    changes: IdentityChanges,
    memberId: string,
    content: StoredRecord,
    tombstone: Tombstone | undefined,
  ): Promise<Registered> {
    const search = this.index.search(storedMatchRecord(content));
    const traits = traitsOf(content);
    if (tombstone === undefined) return this.enter(changes, memberId, content, decideLink(search, traits));
    changes.returned.push(tombstone);
    const decision = decideReturn({
      ...{ tombstone, search, traits },
      contentHash: this.records.contentHash(memberId, content),
      areRefused: (personId, other) => this.decisions.areRefused(personId, other),
    });
    return decision.kind === 'restore'
      ? this.restore(changes, tombstone, content)
      : this.enter(changes, memberId, content, decision);
  }

  private enter(changes: IdentityChanges, memberId: string, content: StoredRecord, decision: LinkDecision): Registered {
    const recordId = randomUUID();
    const personId = decision.kind === 'link' ? decision.personId : randomUUID();
    if (decision.kind !== 'link') changes.people.push({ personId, survivorId: null });
    const undo = this.index.insert(recordId, personId, storedMatchRecord(content), { traits: traitsOf(content) });
    changes.undo.push(undo);
    const entity = this.records.seal({ recordId, memberId, personId, version: 1 }, content);
    changes.records.push(entity);
    changes.linked.push({ entity, content });
    const basis = this.index.basis;
    changes.events.push({ kind: 'record-registered', recordId, personId, details: { memberId } });
    if (decision.kind === 'review') {
      const { reason, matches } = decision;
      const { modelVersion } = basis;
      const candidates = matches.map(candidateOf);
      openReview(changes, { subject: 'link', reason, recordId, personId, candidates, modelVersion });
    }
    const { kind } = decision;
    const link =
      kind === 'link' ? ({ by: 'match', probability: decision.probability } as const) : ({ by: kind } as const);
    changes.events.push({ kind: 'linked', recordId, personId, details: { ...link, ...basis } });
    return ['created', { entity, content }];
  }

  /** The same record of the same person; of whoever came meanwhile and seems to be the same, somebody is asked. */
  private async restore(
    changes: IdentityChanges,
    { recordId, memberId, personId, version: before }: Tombstone,
    content: StoredRecord,
  ): Promise<Registered> {
    const version = before + 1;
    changes.undo.push(
      this.index.insert(recordId, personId, storedMatchRecord(content), { version, traits: traitsOf(content) }),
    );
    const entity = this.records.seal({ recordId, memberId, personId, version }, content);
    changes.records.push(entity);
    changes.linked.push({ entity, content });
    changes.events.push({ kind: 'record-restored', recordId, personId, details: { memberId, version } });
    const details = { by: 'restored', ...this.index.basis } as const;
    changes.events.push({ kind: 'linked', recordId, personId, details });
    await this.askAgain.about(changes, recordId, content);
    return ['created', { entity, content }];
  }
}
