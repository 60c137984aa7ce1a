// Filing on a real PostgreSQL: what releasing services are told of a change, and when it is acknowledged (ATTACKS B8).
import { randomBytes, randomUUID } from 'node:crypto';

import { type StandingChanged, consentStandingChanged } from '@hie/contracts';
import type { AuditWriter, MessageWriter, WrittenMessage } from '@hie/messaging';
import { FieldCipher, MemberKeys, UnitOfWork, databaseOptions } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { ReadinessRegistry } from '@hie/service-kit';
import { type TestSchema, testMemberKeys, testSchema } from '@hie/testing-kit';
import { DataSource } from 'typeorm';

import { ConsentCipher } from '../directives/consent-cipher.js';
import { DirectiveTable } from '../directives/directive-table.js';
import { model } from '../persistence/model.js';
import { ConsentAnnouncer } from './consent.announcer.js';
import { FileConsentHandler } from './file-consent.handler.js';

const claims = { tctx: { org: 'mercy' } } as TransactionClaims;
const denial = (status: 'active' | 'inactive' = 'active') => ({
  resourceType: 'Consent',
  status,
  scope: { coding: [{ code: 'patient-privacy' }] },
  provision: { type: 'deny' },
});

describe('filing a consent', () => {
  let schema: TestSchema;
  let source: DataSource;
  let keys: MemberKeys;
  const told: StandingChanged[] = [];
  /** What becomes of messages after the commit. */
  let send: () => Promise<boolean>;

  const instance = async () => {
    const cipher = new ConsentCipher(new FieldCipher(keys.find), keys);
    const table = new DirectiveTable(source, cipher, new ReadinessRegistry());
    await table.onModuleInit();
    const written = (): WrittenMessage =>
      ({ record: { id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') } }) as unknown as WrittenMessage;
    const writer = {
      write: ({ topic }: { topic: string }, body: StandingChanged) => {
        if (topic === consentStandingChanged.topic) told.push(body);
        return Promise.resolve(written());
      },
    } as unknown as MessageWriter;
    const audit = { write: () => Promise.resolve(written()) } as unknown as AuditWriter;
    const unitOfWork = new UnitOfWork(source, () => send());
    return { table, handler: new FileConsentHandler(unitOfWork, table, cipher, new ConsentAnnouncer(writer, audit)) };
  };
  const epochsOf = (personId: string) => told.filter((one) => one.personId === personId).map(({ epoch }) => epoch);

  beforeAll(async () => {
    schema = await testSchema();
    source = await new DataSource(
      databaseOptions({ url: schema.url, caPath: schema.caPath, schema: schema.name }, model),
    ).initialize();
    await source.runMigrations();
    const [master, members] = [randomBytes(32), testMemberKeys()];
    keys = new MemberKeys(schema.pool, () => [master], members);
    await keys.load();
  });
  beforeEach(() => {
    send = () => Promise.resolve(true);
  });
  afterAll(async () => {
    await source.destroy();
    await schema.drop();
  });

  it('counts a person’s versions without a gap, however many file at once', async () => {
    const personId = randomUUID();
    const { handler } = await instance();
    await Promise.all(Array.from({ length: 8 }, () => handler.file({ personId, resource: denial() }, claims)));
    expect(epochsOf(personId).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is decided under by an instance that knows as many versions as were told, and found old at one that does not', async () => {
    const personId = randomUUID();
    const [filing, other] = [await instance(), await instance()];
    const { consentId } = await filing.handler.file({ personId, resource: denial() }, claims);
    await filing.handler.file({ personId, resource: denial() }, claims);
    await filing.handler.file({ personId, consentId, resource: denial('inactive') }, claims);
    expect(epochsOf(personId)).toEqual([1, 2, 3]);
    expect([filing.table.epochOf(personId), other.table.epochOf(personId)]).toEqual([3, 0]);
    await other.table.refresh(personId);
    expect(other.table.epochOf(personId)).toBe(3);
    expect((await instance()).table.epochOf(personId)).toBe(3);
  });

  it('is acknowledged only once the log has the word of it, and in force all the same', async () => {
    const personId = randomUUID();
    const { handler, table } = await instance();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    send = () => promise;
    let isAcknowledged = false;
    const filing = handler.file({ personId, resource: denial() }, claims).then(() => {
      isAcknowledged = true;
    });
    await new Promise((resume) => setTimeout(resume, 300));
    expect(isAcknowledged).toBe(false);
    resolve(true);
    await filing;
    send = () => Promise.resolve(false);
    await expect(handler.file({ personId, resource: denial() }, claims)).rejects.toMatchObject({
      code: 'change-not-told',
      status: 503,
    });
    expect(table.epochOf(personId)).toBe(2);
  });
});
