import { randomUUID } from 'node:crypto';

import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import { decideLink } from './decide-link.js';
import { type LinkedRecord, RegistrationAnnouncer } from './registration.announcer.js';

/** What became of one record of a feed. */
export type Registration = 'created' | 'changed' | 'unchanged';

/** What one feed message changes, with the records whose place others must know. */
interface FeedChanges extends IdentityChanges {
  readonly linked: LinkedRecord[];
}

/** Gives members' records their place in the patient index: a feed message is one change (`IdentityWriter`). */
@Injectable()
export class RegisterRecordHandler {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly writer: IdentityWriter,
    private readonly announcer: RegistrationAnnouncer,
  ) {}

  /** @returns for each record, in order, what became of it. */
  register(memberId: string, contents: readonly StoredRecord[], claims: TransactionClaims): Promise<Registration[]> {
    return this.writer.write(async (identityChanges) => {
      await this.records.ensureKey(memberId);
      const known = await this.records.findByIdentifiers(
        memberId,
        contents.map(({ identifier }) => identifier),
      );
      const byIdentifier = new Map(known.map((record) => [identifierKey(record.content), record]));
      const changes: FeedChanges = { ...identityChanges, linked: [] };
      const registrations = contents.map((content) => {
        const before = byIdentifier.get(identifierKey(content));
        const [registration, after] =
          before === undefined ? this.create(memberId, content, changes) : this.change(before, content, changes);
        byIdentifier.set(identifierKey(content), after);
        return registration;
      });
      const { linked, records } = changes;
      changes.announced.push(...(await this.announcer.records(memberId, linked, claims, records.length)));
      return registrations;
    });
  }

  private create(memberId: string, content: StoredRecord, changes: FeedChanges): [Registration, OpenedRecord] {
    const recordId = randomUUID();
    const matchRecord = storedMatchRecord(content);
    const decision = decideLink(this.index.search(matchRecord));
    const personId = decision.kind === 'link' ? decision.personId : randomUUID();
    if (decision.kind !== 'link') changes.people.push({ personId, survivorId: null });
    changes.undo.push(this.index.insert(recordId, personId, matchRecord));
    const entity = this.records.seal({ recordId, memberId, personId, version: 1 }, content);
    changes.records.push(entity);
    changes.linked.push({ entity, content });
    const basis = this.index.basis;
    changes.events.push({ kind: 'record-registered', recordId, personId, details: { memberId } });
    if (decision.kind === 'review') {
      const { reason, personIds } = decision;
      const candidates = personIds.map((candidate) => ({ personId: candidate }));
      changes.events.push({
        kind: 'review-opened',
        recordId,
        personId,
        details: { reviewId: randomUUID(), subject: 'link', reason, candidates, modelVersion: basis.modelVersion },
      });
    }
    const { kind } = decision;
    const link =
      kind === 'link' ? ({ by: 'match', probability: decision.probability } as const) : ({ by: kind } as const);
    changes.events.push({ kind: 'linked', recordId, personId, details: { ...link, ...basis } });
    return ['created', { entity, content }];
  }

  private change(before: OpenedRecord, content: StoredRecord, changes: FeedChanges): [Registration, OpenedRecord] {
    if (JSON.stringify(before.content) === JSON.stringify(content)) return ['unchanged', before];
    const { recordId, memberId, personId, version } = before.entity;
    changes.undo.push(this.index.update(recordId, storedMatchRecord(content), storedMatchRecord(before.content)));
    const entity = this.records.seal({ recordId, memberId, personId, version: version + 1 }, content);
    changes.records.push(entity);
    if (before.content.patientId !== content.patientId) changes.linked.push({ entity, content });
    changes.events.push({ kind: 'record-changed', recordId, personId, details: { version: version + 1 } });
    return ['changed', { entity, content }];
  }
}

const identifierKey = ({ identifier }: StoredRecord): string => `${identifier.system}|${identifier.value.trim()}`;
