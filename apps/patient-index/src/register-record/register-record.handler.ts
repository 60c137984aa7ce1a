import { randomUUID } from 'node:crypto';

import { type Transaction, UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { IdentityEventEntity, type IdentityEventKind } from '../identity-store/identity-event.entity.js';
import { IdentityIndex, type Undo } from '../identity-store/identity-index.js';
import { IdentitySnapshots } from '../identity-store/identity-snapshots.js';
import { PersonEntity } from '../identity-store/person.entity.js';
import { SourceRecordEntity } from '../identity-store/source-record.entity.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import { decideLink } from './decide-link.js';
import { type LinkedRecord, RegistrationAnnouncer } from './registration.announcer.js';

/** What became of one record of a feed. */
export type Registration = 'created' | 'changed' | 'unchanged';

/** Everything one feed message changes, gathered while the records are decided one by one. */
interface Changes {
  readonly records: SourceRecordEntity[];
  readonly people: PersonEntity[];
  readonly events: Pick<IdentityEventEntity, 'kind' | 'recordId' | 'personId' | 'details'>[];
  readonly linked: LinkedRecord[];
  readonly undo: Undo[];
}

/**
 * Gives members' records their place in the patient index.
 *
 * One feed message at a time, so that two feeds which touch the same person meet each other's result; a message is one transaction,
 * with the messages that announce it. When that fails, the in-memory index takes its changes back.
 */
@Injectable()
export class RegisterRecordHandler {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly index: IdentityIndex,
    private readonly snapshots: IdentitySnapshots,
    private readonly records: SourceRecordRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly announcer: RegistrationAnnouncer,
  ) {}

  /** @returns for each record, in order, what became of it. */
  register(memberId: string, records: readonly StoredRecord[], claims: TransactionClaims): Promise<Registration[]> {
    const work = this.queue.then(() => this.registerInTurn(memberId, records, claims));
    this.queue = work.catch(() => undefined);
    return work;
  }

  private async registerInTurn(memberId: string, contents: readonly StoredRecord[], claims: TransactionClaims) {
    await this.records.ensureKey(memberId);
    const known = await this.records.findByIdentifiers(
      memberId,
      contents.map(({ identifier }) => identifier),
    );
    const byIdentifier = new Map(known.map((record) => [identifierKey(record.content), record]));
    const changes: Changes = { records: [], people: [], events: [], linked: [], undo: [] };
    this.snapshots.unsettle();
    try {
      const registrations = contents.map((content) => {
        const before = byIdentifier.get(identifierKey(content));
        const [registration, after] =
          before === undefined ? this.create(memberId, content, changes) : this.change(before, content, changes);
        byIdentifier.set(identifierKey(content), after);
        return registration;
      });
      await this.unitOfWork.run((transaction) => this.store(transaction, memberId, changes, claims));
      return registrations;
    } catch (error) {
      changes.undo.reverse().forEach((undo) => undo());
      changes.undo.length = 0;
      throw error;
    } finally {
      this.snapshots.settle(changes.undo.length);
    }
  }

  private create(memberId: string, content: StoredRecord, changes: Changes): [Registration, OpenedRecord] {
    const recordId = randomUUID();
    const matchRecord = storedMatchRecord(content);
    const decision = decideLink(this.index.search(matchRecord));
    const personId = decision.kind === 'link' ? decision.personId : randomUUID();
    if (decision.kind !== 'link') changes.people.push({ personId, survivorId: null });
    changes.undo.push(this.index.insert(recordId, personId, matchRecord));
    const entity = this.records.seal({ recordId, memberId, personId, version: 1 }, content);
    changes.records.push(entity);
    changes.linked.push({ entity, content });
    const event = (kind: IdentityEventKind, details: object) =>
      changes.events.push({ kind, recordId, personId, details });
    event('record-registered', { memberId });
    const modelVersion = this.index.modelVersion;
    if (decision.kind === 'review')
      event('review-opened', { reason: decision.reason, personIds: decision.personIds, modelVersion });
    event('linked', {
      by: decision.kind,
      modelVersion,
      ...(decision.kind === 'link' ? { probability: decision.probability } : {}),
    });
    return ['created', { entity, content }];
  }

  private change(before: OpenedRecord, content: StoredRecord, changes: Changes): [Registration, OpenedRecord] {
    if (JSON.stringify(before.content) === JSON.stringify(content)) return ['unchanged', before];
    const { recordId, memberId, personId, version } = before.entity;
    changes.undo.push(this.index.update(recordId, storedMatchRecord(content), storedMatchRecord(before.content)));
    const entity = this.records.seal({ recordId, memberId, personId, version: version + 1 }, content);
    changes.records.push(entity);
    if (before.content.patientId !== content.patientId) changes.linked.push({ entity, content });
    changes.events.push({ kind: 'record-changed', recordId, personId, details: { version: version + 1 } });
    return ['changed', { entity, content }];
  }

  private async store(
    { manager, announce }: Transaction,
    memberId: string,
    changes: Changes,
    claims: TransactionClaims,
  ) {
    await manager.insert(PersonEntity, changes.people);
    await manager.upsert(SourceRecordEntity, changes.records, ['recordId']);
    await manager.insert(IdentityEventEntity, changes.events);
    await announce(await this.announcer.records(memberId, changes.linked, claims, changes.records.length));
  }
}

const identifierKey = ({ identifier }: StoredRecord): string => `${identifier.system}|${identifier.value.trim()}`;
