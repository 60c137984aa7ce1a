// Two processes of the patient index on a real Kafka and PostgreSQL: one writes, both answer, and the writer is killed while it is fed.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { type Query, queryRequested } from '@hie/contracts';
import { type Infrastructure, type RunFolder, instanceName, openRun, startInfrastructure } from '@hie/local-exchange';
import { connectKafka } from '@hie/messaging';
import { required } from '@hie/testing-kit';
import pg from 'pg';

import { type AskedIndex, startIndex } from './start-index.js';

const systems: Readonly<Record<string, string>> = { mercy: 'urn:oid:2.999.1', harbor: 'urn:oid:2.999.2' };
const families = [
  'Okafor',
  'Nowak',
  'Quinn',
  'Garcia',
  'Haddad',
  'Lindqvist',
  'Tanaka',
  'Moreau',
  'Kowalczyk',
  'Abebe',
];
const ends = ['son', 'berg', 'ini', 'escu', 'ova', 'kamp', 'wicz', 'mark', 'ides', 'yan'];
const givens = ['Chidi', 'Wanda', 'Maeve', 'Elena', 'Samir', 'Astrid', 'Kenji', 'Odile', 'Piotr', 'Selam'];

let root: string;
let run: RunFolder;
let infrastructure: Infrastructure;
let service: AskedIndex;
let database: pg.Pool;

/** Nobody lives where another one’s namesake lives: people of one given name are ten apart. */
const streets = ['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Ginkgo', 'Hazel', 'Ironwood', 'Juniper'];
const streetOf = (at: number): string => `${at * 13 + 1} ${streets[Math.floor(at / 10) % 10]} Street`;
const postalOf = (at: number): string => `0${1_800 + at}`;
/** Everybody is nothing like the others. */
const patient = (member: string, at: number) => ({
  resourceType: 'Patient',
  identifier: [{ system: systems[member], value: `${member}-${at}` }],
  name: [
    {
      given: [givens[at % 10], givens[(at * 7 + 3) % 9]],
      family: `${families[(at * 3) % 10]}${ends[Math.floor(at / 10) % 10]}`,
    },
  ],
  birthDate: `19${50 + (at % 45)}-0${1 + (at % 9)}-1${at % 10}`,
  gender: 'female',
  telecom: [{ system: 'phone', value: `${200 + at}-555-${1_000 + at * 37}` }],
  address: [{ line: [streetOf(at)], city: 'Lowell', state: 'MA', postalCode: postalOf(at) }],
});

const feedTo = (url: string, member: string, at: number) => {
  const resource = patient(member, at);
  const path = `/fhir/Patient?identifier=${encodeURIComponent(`${systems[member]}|${member}-${at}`)}`;
  return service.gateway.forward(url, 'PUT', path, resource, member);
};

/** As the gateway and a member behind it do: on to the next instance, and again what broke off, or came before the member was known. */
async function insist(member: string, at: number): Promise<number> {
  for (let attempt = 0; attempt < 2_000; attempt += 1) {
    const url = service.urls[attempt % service.urls.length] as string;
    const answer = await feedTo(url, member, at).catch(() => undefined);
    if (answer !== undefined && answer.status < 400) return answer.status;
    if (answer !== undefined && ![403, 421, 503].includes(answer.status)) throw new RangeError('A record was refused.');
    await pause(20);
  }
  throw new RangeError('Nobody took the record.');
}

const question = (at: number): Query => {
  const { name, birthDate, telecom } = patient('mercy', at);
  const { given, family } = name[0] as { given: string[]; family: string };
  return {
    ...{ operation: 'match', kinds: [], stages: ['critical'], requester: { memberId: 'mercy', clientId: 'c' } },
    patient: {
      demographics: {
        ...{ given, family: [family], furtherNames: [], birthDate, sex: 'female', emails: [] },
        phones: telecom.map(({ value }) => value),
        addresses: [{ street: streetOf(at), city: 'Lowell', state: 'MA', postalCode: postalOf(at) }],
        identifiers: [],
      },
    },
    match: { onlyCertain: true, count: 1 },
  } as Query;
};

/** Asks, and waits for the answer. */
async function ask(at: number): Promise<string> {
  const { txn, message } = await service.gateway.prepare(question(at), 30_000);
  await service.gateway.send([message]);
  for (let waited = 0; !service.gateway.heardAt.has(txn); waited += 1) {
    if (waited > 1_500) throw new RangeError('No answer came.');
    await pause(20);
  }
  // What an instance had stored and not sent when it was killed, another sends too late: the next hop refuses it, and the caller asks again.
  const answer = await service.gateway.answerOf(txn).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === 'seal-backdated') return undefined;
    throw error;
  });
  return answer === undefined ? ask(at) : answer.identity.outcome;
}

/** Until every instance has followed: an answer may lack what was committed within the bound. */
async function askUntilCertain(at: number): Promise<void> {
  for (let inARow = 0, asked = 0; inARow < 8; asked += 1) {
    if (asked > 500) throw new RangeError('The person is not found.');
    inARow = (await ask(at)) === 'certain' ? inARow + 1 : 0;
  }
}

const rows = async <T extends object>(text: string): Promise<T[]> => (await database.query<T>(text)).rows;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'hie-index-'));
  run = openRun('index', root);
  infrastructure = await startInfrastructure({ run, env: { ...process.env, DATABASE_URL: '', KAFKA_BROKERS: '' } });
  service = await startIndex({ run, infrastructure, instances: 2 });
  database = new pg.Pool({
    connectionString: service.ground.database.url,
    ssl: { ca: infrastructure.certificates.certificate },
  });
  for (const [member, system] of Object.entries(systems)) await service.gateway.register(member, system);
}, 240_000);
afterAll(async () => {
  await database.end();
  await service.stop();
  await infrastructure.stop();
  run.release();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

describe('two instances of the patient index', () => {
  it('share the questions, and one of them writes', async () => {
    await insist('mercy', 0);
    // While the second still joins, the first gives up its partitions for a moment, and nobody writes.
    const isShared = async () => (await partitionsOfGroup()).join() === '2,2';
    const statusesOf = () => Promise.all(service.urls.map(async (url) => (await feedTo(url, 'mercy', 0)).status));
    let statuses: readonly number[] = [];
    for (let asked = 0; asked < 100 && !statuses.includes(200); asked += 1) {
      if (await isShared()) statuses = await statusesOf();
      else await pause(100);
    }
    expect(statuses).toEqual([200, 421]);
    expect(await partitionsOfGroup()).toEqual([2, 2]);
  });

  it('answer from either what the one has just written', async () => {
    await insist('harbor', 1);
    await askUntilCertain(1);
    // Of every partition, and so from both.
    const outcomes = await Promise.all(Array.from({ length: 24 }, () => ask(1)));
    expect(new Set(outcomes)).toEqual(new Set(['certain']));
  });

  it('let a member take back its own record and nobody else’s, and find it again when it is fed again', async () => {
    const [writer] = service.urls as [string, string];
    const withdraw = (url: string, member: string) => {
      const path = `/fhir/Patient?identifier=${encodeURIComponent(`${systems['mercy']}|mercy-5`)}`;
      return service.gateway.forward(url, 'DELETE', path, undefined, member);
    };
    await insist('mercy', 5);
    expect((await withdraw(writer, 'harbor')).status).toBe(403);
    expect((await withdraw(service.urls[1] as string, 'mercy')).status).toBe(421);
    const before = await rows<{ id: string }>('select record_id as id from source_record order by 1');
    expect([(await withdraw(writer, 'mercy')).status, (await withdraw(writer, 'mercy')).status]).toEqual([204, 204]);
    expect(await rows('select record_id from source_record')).toHaveLength(before.length - 1);
    expect(await insist('mercy', 5)).toBe(201);
    expect(await rows<{ id: string }>('select record_id as id from source_record order by 1')).toEqual(before);
    await askUntilCertain(5);
  });

  it('lose and double nothing when the writer is killed while two members feed the same people and others ask', async () => {
    const people = Array.from({ length: 60 }, (_, at) => 10 + at);
    let fed = 0;
    const feeding = people.map(async (at, place) => {
      await pause(place * 100);
      await Promise.all(['mercy', 'harbor'].map(async (member) => insist(member, at).then(() => (fed += 1))));
    });
    const asking = people.map(async (_, place) => {
      await pause(place * 100);
      return ask(1);
    });
    while (fed < 30) await pause(20);
    await service.supervisor.takeDown(instanceName(0), 'SIGKILL');
    const killedAtMs = Date.now();
    await insist('mercy', 99);
    process.stderr.write(
      `a feed was taken ${((Date.now() - killedAtMs) / 1_000).toFixed(1)} s after the writer was killed\n`,
    );
    await Promise.all(feeding);
    expect(new Set(await Promise.all(asking))).toEqual(new Set(['certain']));

    const records = await rows<{ records: number; doubles: number }>(
      `select count(*)::int as records, (count(*) - count(distinct (member_id, identifier_hash)))::int as doubles
       from source_record`,
    );
    expect(records).toEqual([{ records: 3 + 120 + 1, doubles: 0 }]);
    const events = await rows<{ registered: number }>(
      `select count(distinct record_id)::int as registered from identity_event where kind = 'record-registered'`,
    );
    expect(events).toEqual([{ registered: 124 }]);
    const twice = await rows(
      `select record_id from identity_event where kind = 'linked' and details->>'by' <> 'restored' group by 1 having count(*) > 1`,
    );
    expect(twice).toEqual([]);
    // Both members' record of a person are one person's: whichever instance took the second had the first.
    const persons = await rows<{ people: number }>(`select count(*)::int as people from (
      select person_id from source_record group by person_id having count(*) = 2) as pair`);
    expect(persons).toEqual([{ people: 60 }]);
    expect(await announcedRecords()).toEqual(
      new Set((await rows<{ id: string }>('select record_id as id from source_record')).map(({ id }) => id)),
    );
  }, 180_000);

  it('let a killed one come back, which has caught up before it is ready and takes the seat again', async () => {
    await service.supervisor.bringUp(instanceName(0));
    await insist('harbor', 98);
    const epochs = async () =>
      (await rows<{ epoch: string; instance: string }>('select epoch, instance from index_writer'))[0];
    for (let waited = 0; (await epochs())?.instance !== '0' && waited < 300; waited += 1) await pause(50);
    expect(await epochs()).toMatchObject({ instance: '0' });
    expect(await insist('harbor', 98)).toBe(200);
    await askUntilCertain(98);
  }, 120_000);
});

const kafka = () =>
  connectKafka({
    brokers: infrastructure.kafka.brokers.split(','),
    clientId: `spec-${randomUUID()}`,
    tls: {
      caPath: infrastructure.kafka.admin?.caPath ?? required('TLS_CA'),
      certPath: infrastructure.kafka.admin?.certificatePath ?? required('TLS_CERT'),
      keyPath: infrastructure.kafka.admin?.keyPath ?? required('TLS_KEY'),
    },
    log: () => undefined,
  });

/** How many partitions of the queries each member of the index's group has, in the order of their names. */
async function partitionsOfGroup(): Promise<number[]> {
  const { default: kafkajs } = await import('kafkajs');
  const admin = kafka().admin();
  await admin.connect();
  const { groups } = await admin.describeGroups(['patient-index']);
  await admin.disconnect();
  const members = [...(groups[0]?.members ?? [])].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  return members.map(
    ({ memberAssignment }) =>
      kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[queryRequested.topic]?.length ?? 0,
  );
}

/** The records that the record locator has been told of. */
async function announcedRecords(): Promise<Set<string>> {
  const consumer = kafka().consumer({ groupId: `spec-${randomUUID()}` });
  const keys = new Set<string>();
  await consumer.connect();
  await consumer.subscribe({ topics: ['identity.record.linked.v1'], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => Promise.resolve(void keys.add(message.key?.toString() ?? '')),
  });
  for (let waited = 0; keys.size < 124 && waited < 300; waited += 1) await pause(50);
  await consumer.disconnect();
  return keys;
}
