import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';

import {
  type Demographics,
  type PersonMerged,
  type RecordLinked,
  type StandingChanged,
  identityStandingChanged,
  personMerged,
  recordLinked,
} from '@hie/contracts';
import type { AuditFacts, AuditTrail, AuditWriter, MessageWriter, WrittenMessage } from '@hie/messaging';
import { FieldCipher, MemberKeys, UnitOfWork, databaseOptions } from '@hie/persistence';
import { PERSON_ACR, type TransactionClaims } from '@hie/purpose-of-use';
import type { FileKeyring, MemberDirectory, PinoLogger } from '@hie/service-kit';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

import { model } from '../persistence/model.js';
import { Quarantine } from '../detect-overlay/quarantine.js';
import { ChangeRecord } from '../register-record/change-record.js';
import { CreateRecord } from '../register-record/create-record.js';
import { PlaceRecord } from '../register-record/place-record.js';
import { SubsumeRecord } from '../register-record/subsume-record.js';
import { RetractRecordHandler } from '../retract-record/retract-record.handler.js';
import { Tombstones } from '../retract-record/tombstones.js';
import { RegisterRecordHandler } from '../register-record/register-record.handler.js';
import { IdentifyPatientHandler } from '../identify-patient/identify-patient.handler.js';
import { DisclosureReport } from '../merge-persons/disclosure-report.js';
import { MergesHandler } from '../merge-persons/merges.handler.js';
import { NamedPersons } from '../merge-persons/named-persons.js';
import { PastMerges } from '../merge-persons/past-merges.js';
import { PartingsHandler } from '../merge-persons/partings.handler.js';
import { PersonHistories } from '../merge-persons/person-history.js';
import { PersonMoves } from '../merge-persons/person-moves.js';
import { ModelsHandler } from '../promote-model/models.handler.js';
import type { Steward } from '../review-identities/acting-person.js';
import { AskAgain } from '../review-identities/ask-again.js';
import { ReviewOutcomes } from '../review-identities/review-outcomes.js';
import { ReviewReader } from '../review-identities/review-reader.js';
import { ReviewsHandler } from '../review-identities/reviews.handler.js';
import { ReviewRepository } from '../review-identities/review.repository.js';
import { IdentityAnnouncer } from './identity.announcer.js';
import { type IdentityEvent } from './identity-event.js';
import { IdentityFollower } from '../follow-writer/identity-follower.js';
import { IndexFreshness } from '../follow-writer/index-freshness.js';
import { TakeOver } from '../follow-writer/take-over.js';
import { WriterSeat } from '../follow-writer/writer-seat.js';
import { IdentityChangeStore } from './identity-change.store.js';
import { ownerIn, replayIdentity } from './identity-state.js';
import { PersonEntity } from './person.entity.js';
import { SourceRecordEntity } from './source-record.entity.js';
import { ReviewEntity } from '../review-identities/review.entity.js';
import { IdentityBuilder } from './identity-builder.js';
import { IdentityEventRepository } from './identity-event.repository.js';
import { IdentityIndex } from './identity-index.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { IdentityWriter } from './identity-writer.js';
import { StandingDecisions } from './standing-decisions.js';
import { SourceRecordRepository } from './source-record.repository.js';
import type { StoredRecord } from './stored-record.js';

/** Where a test's own schema is. */
export interface Schema {
  readonly name: string;
  readonly url: string;
  readonly caPath: string;
  readonly pool: Pool;
}

const masterKey = randomBytes(32);

/** How an instance of the service stands to the others. */
export interface Role {
  /** It takes the writer's seat before it is returned; yes unless said. */
  readonly writes?: boolean;
  readonly maxLagMs?: number;
}

/** Everything of the service that decides and stores, over a schema; Kafka's end is a list. */
export async function identityService(schema: Schema, { writes = true, maxLagMs = 2_000 }: Role = {}) {
  const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name };
  const source = await new DataSource(databaseOptions(settings, model)).initialize();
  await source.runMigrations();
  const announced: RecordLinked[] = [];
  const moved: StandingChanged[] = [];
  const merged: PersonMerged[] = [];
  const audited: AuditFacts[] = [];
  const written = (topic: string): WrittenMessage =>
    ({ record: { id: randomUUID(), topic, key: 'k', record: Buffer.from('x') } }) as unknown as WrittenMessage;
  const messages = {
    write: ({ topic }: { topic: string }, body: RecordLinked | StandingChanged | PersonMerged) => {
      if (topic === recordLinked.topic) announced.push(body as RecordLinked);
      if (topic === identityStandingChanged.topic) moved.push(body as StandingChanged);
      if (topic === personMerged.topic) merged.push(body as PersonMerged);
      return Promise.resolve(written(topic));
    },
  } as unknown as MessageWriter;
  const audit = {
    write: (facts: AuditFacts) => Promise.resolve((audited.push(facts), written('audit.events.v1'))),
  } as unknown as AuditWriter;
  const directory = { find: () => undefined, ownerOf: () => 'mercy' } as unknown as MemberDirectory;
  const logger = { info: () => undefined, warn: () => undefined } as unknown as PinoLogger;
  const keyring = { masterKeys: () => [masterKey] } as unknown as FileKeyring;

  const members = { find: () => createSecretKey(masterKey), isDestroyed: () => false };
  const keys = new MemberKeys(schema.pool, () => [masterKey], members);
  const records = new SourceRecordRepository(source, schema.pool, new FieldCipher(keys.find), keys);
  const events = new IdentityEventRepository(source);
  const unitOfWork = new UnitOfWork(source, () => Promise.resolve(true));
  const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
  const seat = new WriterSeat(source, { HIE_INSTANCE: 'spec' });
  const snapshots = new IdentitySnapshots(index, keys, keyring, {}, logger, seat);
  const decisions = new StandingDecisions(index, events, source);
  const announcer = new IdentityAnnouncer(messages, audit, directory);
  const builder = new IdentityBuilder(index, snapshots, records, keys, logger);
  const follower = new IdentityFollower(index, builder, events, decisions, seat, source, keys);
  const freshness = new IndexFreshness(follower, seat, { INDEX_MAX_LAG_MS: maxLagMs }, logger);
  const changes = new IdentityChangeStore(events, announcer, unitOfWork, seat);
  const writer = new IdentityWriter(snapshots, changes, decisions, seat, follower);
  const reviews = new ReviewRepository(source);
  const quarantine = new Quarantine(index, records, reviews);
  const askAgain = new AskAgain(index, decisions, reviews);
  const tombstones = new Tombstones(source, records);
  const register = new RegisterRecordHandler(
    records,
    writer,
    new PlaceRecord(
      new CreateRecord(index, records, decisions, askAgain),
      new ChangeRecord(index, records, quarantine, askAgain),
      new SubsumeRecord(index, decisions, reviews),
    ),
    tombstones,
  );
  await follower.begin();
  await builder.build();
  await decisions.load(follower.position);
  await follower.catchUp();
  const pastMerges = new PastMerges(events, announcer, unitOfWork);
  const takeSeat = () => new TakeOver(seat, follower, decisions, pastMerges).run();
  if (writes) await takeSeat();
  const moves = new PersonMoves(index, events);
  const outcomes = new ReviewOutcomes(index, records, moves);
  const report = new DisclosureReport(events, new NamedPersons(source));
  const trail = { record: (facts: AuditFacts) => Promise.resolve(void audited.push(facts)) } as unknown as AuditTrail;
  return {
    reviews: new ReviewsHandler(reviews, writer, outcomes),
    reader: new ReviewReader(index, reviews, records, trail),
    merges: new MergesHandler(index, reviews, writer),
    partings: new PartingsHandler(index, records, moves, writer, report),
    models: new ModelsHandler(index, writer, source),
    histories: new PersonHistories(index, events, report, trail),
    identify: new IdentifyPatientHandler(index, records, directory, freshness, decisions),
    source,
    index,
    records,
    events,
    decisions,
    writer,
    seat,
    takeSeat,
    follower,
    freshness,
    unitOfWork,
    register,
    retract: new RetractRecordHandler(index, records, reviews, tombstones, writer),
    announced,
    moved,
    merged,
    audited,
    close: () => source.destroy(),
  };
}

export type IdentityService = Awaited<ReturnType<typeof identityService>>;

/** The three accounts of who everybody is, which must agree: what happened, what is stored, what is searched. */
export async function accountsOf({ events, source, index }: IdentityService) {
  const happened: IdentityEvent[] = [];
  for await (const event of events.read()) happened.push(event);
  const state = replayIdentity(happened);
  const records = await source.manager.find(SourceRecordEntity);
  const persons = await source.manager.find(PersonEntity);
  const reviews = await source.manager.find(ReviewEntity);
  return {
    happened,
    state,
    byEvents: {
      records: new Map(
        [...state.records].map(([id, { personId, version, memberId }]) => [id, { personId, version, memberId }]),
      ),
      persons: new Map([...state.persons].map(([id, { survivorId }]) => [id, survivorId ?? null])),
      reviews: new Map([...state.reviews].map(([id, { subject, status }]) => [id, { subject, status }])),
      owners: new Map([...state.records.keys()].map((id) => [id, ownerIn(state, id)])),
    },
    byTables: {
      records: new Map(
        records.map(({ recordId, personId, version, memberId }) => [recordId, { personId, version, memberId }]),
      ),
      persons: new Map(persons.map(({ personId, survivorId }) => [personId, survivorId])),
      reviews: new Map(reviews.map(({ reviewId, subject, status }) => [reviewId, { subject, status }])),
      owners: new Map(records.map(({ recordId }) => [recordId, index.personOf(recordId)])),
    },
  };
}

/** A member's token, as far as anything here looks at it. */
export const claimsOf = (org: string, user?: string): TransactionClaims =>
  ({ sub: `${org}-client`, tctx: { org, ...(user === undefined ? {} : { user }) } }) as TransactionClaims;

/** A record as a member feeds it. */
export function fed(value: string, over: Partial<Demographics> = {}): StoredRecord {
  const identifier = { system: 'urn:oid:2.999.1', value };
  const demographics: Demographics = {
    given: ['Lucía', 'Inés'],
    family: ['Pérez'],
    furtherNames: [],
    birthDate: '1961-11-27',
    sex: 'female',
    phones: ['617-555-0143'],
    emails: [],
    addresses: [{ street: '64 Pleasant Street', city: 'Lowell', state: 'MA', postalCode: '01852' }],
    identifiers: [identifier],
    ...over,
  };
  return { identifier, demographics };
}

export const steward = (name: string): Steward => ({
  name,
  claims: { ...claimsOf('exchange-operator', name), rctx: { acr: PERSON_ACR } },
});
