import { randomBytes, randomUUID } from 'node:crypto';

import { type Demographics, type RecordLinked, recordLinked } from '@hie/contracts';
import type { AuditFacts, AuditWriter, MessageWriter, WrittenMessage } from '@hie/messaging';
import { FieldCipher, MemberKeys, UnitOfWork, databaseOptions } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import type { FileKeyring, MemberDirectory, PinoLogger } from '@hie/service-kit';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

import { model } from '../persistence/model.js';
import { RegisterRecordHandler } from '../register-record/register-record.handler.js';
import { RegistrationAnnouncer } from '../register-record/registration.announcer.js';
import { IdentityBuilder } from './identity-builder.js';
import { IdentityEventRepository } from './identity-event.repository.js';
import { IdentityIndex } from './identity-index.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { IdentityWriter } from './identity-writer.js';
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

/** Everything of the service that decides and stores, over a schema; Kafka's end is a list. */
export async function identityService(schema: Schema) {
  const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name };
  const source = await new DataSource(databaseOptions(settings, model)).initialize();
  await source.runMigrations();
  const announced: RecordLinked[] = [];
  const audited: AuditFacts[] = [];
  const written = (topic: string): WrittenMessage =>
    ({ record: { id: randomUUID(), topic, key: 'k', record: Buffer.from('x') } }) as unknown as WrittenMessage;
  const messages = {
    write: ({ topic }: { topic: string }, body: RecordLinked) => {
      if (topic === recordLinked.topic) announced.push(body);
      return Promise.resolve(written(topic));
    },
  } as unknown as MessageWriter;
  const audit = {
    write: (facts: AuditFacts) => Promise.resolve((audited.push(facts), written('audit.events.v1'))),
  } as unknown as AuditWriter;
  const directory = { find: () => undefined } as unknown as MemberDirectory;
  const logger = { info: () => undefined, warn: () => undefined } as unknown as PinoLogger;
  const keyring = { masterKey: () => masterKey } as unknown as FileKeyring;

  const keys = new MemberKeys(schema.pool, masterKey);
  const records = new SourceRecordRepository(source, schema.pool, new FieldCipher(keys.find), keys);
  const events = new IdentityEventRepository(source);
  const unitOfWork = new UnitOfWork(source, () => undefined);
  const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
  const snapshots = new IdentitySnapshots(index, keys, keyring, {}, logger);
  const writer = new IdentityWriter(snapshots, events, unitOfWork);
  const announcer = new RegistrationAnnouncer(messages, audit, directory);
  const register = new RegisterRecordHandler(index, records, writer, announcer);
  await new IdentityBuilder(index, snapshots, records, events, keys, logger).build();
  return { source, index, records, events, writer, register, announced, audited, close: () => source.destroy() };
}

export type IdentityService = Awaited<ReturnType<typeof identityService>>;

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
