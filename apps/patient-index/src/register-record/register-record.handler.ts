import { randomUUID } from 'node:crypto';

import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { Quarantine } from '../detect-overlay/quarantine.js';
import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import { traitsOf } from '../identity-store/record-traits.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import { AskAgain } from '../review-identities/ask-again.js';
import { candidateOf, openReview } from '../review-identities/open-review.js';
import { decideLink } from './decide-link.js';

/** What became of one record of a feed. */
export type Registration = 'created' | 'changed' | 'unchanged' | 'quarantined';

/** Gives members' records their place in the patient index: a feed message is one change (`IdentityWriter`). */
@Injectable()
export class RegisterRecordHandler {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly writer: IdentityWriter,
    private readonly quarantine: Quarantine,
    private readonly askAgain: AskAgain,
  ) {}

  /** @returns for each record, in order, what became of it. */
  register(memberId: string, contents: readonly StoredRecord[], claims: TransactionClaims): Promise<Registration[]> {
    return this.writer.write(claims, async (changes) => {
      await this.records.ensureKey(memberId);
      const known = await this.records.findByIdentifiers(
        memberId,
        contents.map(({ identifier }) => identifier),
      );
      const byIdentifier = new Map(known.map((record) => [identifierKey(record.content), record]));

      const registrations: Registration[] = [];
      for (const content of contents) {
        const before = byIdentifier.get(identifierKey(content));
        const [registration, after] =
          before === undefined ? this.create(memberId, content, changes) : await this.change(before, content, changes);
        byIdentifier.set(identifierKey(content), after);
        registrations.push(registration);
      }
      const quarantined = registrations.filter((each) => each === 'quarantined').length;
      const details = { records: changes.records.length, quarantined };
      changes.facts.push({ action: 'records.registered', outcome: 'success', details });
      return registrations;
    });
  }

  private create(memberId: string, content: StoredRecord, changes: IdentityChanges): [Registration, OpenedRecord] {
    const recordId = randomUUID();
    const matchRecord = storedMatchRecord(content);
    const traits = traitsOf(content);
    const decision = decideLink(this.index.search(matchRecord), traits);
    const personId = decision.kind === 'link' ? decision.personId : randomUUID();
    if (decision.kind !== 'link') changes.people.push({ personId, survivorId: null });
    changes.undo.push(this.index.insert(recordId, personId, matchRecord, { traits }));
    const entity = this.records.seal({ recordId, memberId, personId, version: 1 }, content);
    changes.records.push(entity);
    changes.linked.push({ entity, content });
    const basis = this.index.basis;
    changes.events.push({ kind: 'record-registered', recordId, personId, details: { memberId } });
    if (decision.kind === 'review') {
      const { reason, matches } = decision;
      const { modelVersion } = basis;
      openReview(changes, {
        subject: 'link',
        reason,
        recordId,
        personId,
        candidates: matches.map(candidateOf),
        modelVersion,
      });
    }
    const { kind } = decision;
    const link =
      kind === 'link' ? ({ by: 'match', probability: decision.probability } as const) : ({ by: kind } as const);
    changes.events.push({ kind: 'linked', recordId, personId, details: { ...link, ...basis } });
    return ['created', { entity, content }];
  }

  private async change(
    before: OpenedRecord,
    content: StoredRecord,
    changes: IdentityChanges,
  ): Promise<[Registration, OpenedRecord]> {
    if (JSON.stringify(before.content) === JSON.stringify(content)) return ['unchanged', before];
    if (await this.quarantine.takes(changes, before, content)) return ['quarantined', before];
    const { recordId, memberId, personId, version } = before.entity;
    const matchRecord = storedMatchRecord(content);
    const traits = traitsOf(content);
    changes.undo.push(this.index.update(recordId, matchRecord, storedMatchRecord(before.content), traits));
    const entity = this.records.seal({ recordId, memberId, personId, version: version + 1 }, content);
    changes.records.push(entity);
    if (before.content.patientId !== content.patientId) changes.linked.push({ entity, content });
    changes.events.push({ kind: 'record-changed', recordId, personId, details: { version: version + 1 } });
    await this.askAgain.about(changes, recordId, content);
    return ['changed', { entity, content }];
  }
}

const identifierKey = ({ identifier }: StoredRecord): string => `${identifier.system}|${identifier.value.trim()}`;
