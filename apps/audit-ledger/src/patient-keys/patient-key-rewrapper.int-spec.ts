// The change of what wraps patients' keys, on a real table: while keys are made and destroyed, broken off, and looked at by a replica.
import { randomUUID } from 'node:crypto';

import type { AuditFacts } from '@hie/messaging';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import type { Pool } from 'pg';

import { createTables } from '../read-entries/sealed-projection.fixture.js';
import { LedgerKeys } from './ledger-keys.js';
import { PatientKeyRewrapper, PatientKeysLost } from './patient-key-rewrapper.js';
import { PatientKeys } from './patient-keys.js';

const [master, next] = [Buffer.alloc(32, 5), Buffer.alloc(32, 6)];
/** More than two batches. */
const PERSONS = 450;

let schema: TestSchema;
let told: AuditFacts[];
beforeEach(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  told = [];
});
afterEach(() => schema.drop());

/** A process of the ledger, with what its key file holds. */
function ledger(pool: Pool, ...named: readonly Buffer[]) {
  let file = named;
  let later: readonly Buffer[] | undefined;
  const listeners: (() => void)[] = [];
  const logged: unknown[] = [];
  const keyring = {
    masterKey: () => master,
    wrappingKeys: () => file,
    readAgain: () => (file = later ?? file),
    onChange: (listener: () => void) => listeners.push(listener),
  } as never;
  const ledgerKeys = new LedgerKeys(keyring);
  const patients = new PatientKeys(pool, ledgerKeys);
  const trail = { record: (facts: AuditFacts) => Promise.resolve(void told.push(facts)) } as never;
  const logger = { error: (fields: unknown) => void logged.push(fields) } as never;
  const rewrapper = new PatientKeyRewrapper(pool, ledgerKeys, patients, keyring, trail, logger);
  return {
    ...{ patients, rewrapper, logged },
    willRead: (...keys: readonly Buffer[]) => (later = keys),
    /** Its key file becomes this, which it is told of; returns when it has done what that asks for. */
    async become(...keys: readonly Buffer[]) {
      file = keys;
      listeners.forEach((listener) => listener());
      await idle(rewrapper);
    },
  };
}

const idle = (rewrapper: PatientKeyRewrapper): Promise<void> =>
  (rewrapper as unknown as { running: Promise<void> }).running;

/** Keys of so many persons, by person, as the ledger before the change has made them. */
async function keysOf(process: { readonly patients: PatientKeys }, count = PERSONS): Promise<Map<string, string>> {
  const persons = Array.from({ length: count }, () => randomUUID());
  const made = await Promise.all(persons.map((person) => process.patients.of(person)));
  return new Map(persons.map((person, at) => [person, made[at]?.key.export().toString('hex') ?? '']));
}

/** What a process that has just started, with nothing in its memory, opens. */
async function readable(persons: Iterable<string>, ...named: readonly Buffer[]): Promise<Map<string, string>> {
  const { patients } = ledger(schema.pool, ...named);
  const pairs: [string, string][] = [];
  for (const person of persons) pairs.push([person, (await patients.of(person)).key.export().toString('hex')]);
  return new Map(pairs);
}

it('wraps every key anew while the ledger runs, tells the number, and leaves nothing that the former opens', async () => {
  const asked: string[] = [];
  const watched = Object.assign(Object.create(schema.pool) as Pool, {
    query: (text: unknown, values: unknown[]) => {
      asked.push(String(text));
      return schema.pool.query(text as string, values);
    },
  });
  const running = ledger(watched, master);
  await running.rewrapper.onApplicationBootstrap();
  const keys = await keysOf(running);
  await running.become(next, master);
  // Nor in the versions of rows that PostgreSQL has left in the file.
  expect(asked.at(-1)).toBe('vacuum patient_key');
  expect(told).toEqual([{ action: 'keys.rewrapped', outcome: 'success', details: { count: PERSONS } }]);
  expect(await readable(keys.keys(), next)).toEqual(keys);
  await expect(readable(keys.keys(), master)).rejects.toThrow('patient-key-unopened');
  await running.become(next);
  // Nothing was left to tell of.
  expect(told).toHaveLength(1);
  // The first start after it.
  await ledger(schema.pool, next).rewrapper.onApplicationBootstrap();
});

it('goes on at the next start where it broke off, and counts what was left', async () => {
  const keys = await keysOf(ledger(schema.pool, master));
  let updates = 0;
  const dying = Object.assign(Object.create(schema.pool) as Pool, {
    query: (text: unknown, values: unknown[]) => {
      if (String(text).startsWith('update patient_key')) updates += 1;
      return updates === 2 ? Promise.reject(new Error('killed')) : schema.pool.query(text as string, values);
    },
  });
  const broken = ledger(dying, next, master);
  await broken.rewrapper.onApplicationBootstrap();
  await idle(broken.rewrapper);
  await broken.rewrapper.onApplicationShutdown();
  expect(broken.logged).toHaveLength(1);
  expect(told).toEqual([]);
  // Meanwhile all of them can be read, and the former is not to be missed: no start goes unnoticed without it.
  expect(await readable(keys.keys(), next, master)).toEqual(keys);
  await expect(ledger(schema.pool, next).rewrapper.onApplicationBootstrap()).rejects.toThrow(PatientKeysLost);

  const restarted = ledger(schema.pool, next, master);
  await restarted.rewrapper.onApplicationBootstrap();
  await idle(restarted.rewrapper);
  expect(told.map(({ details }) => details)).toEqual([{ count: PERSONS - 200 }]);
  expect(await readable(keys.keys(), next)).toEqual(keys);
});

it('leaves a destroyed key destroyed, one that is destroyed between reading and writing too', async () => {
  const keys = await keysOf(ledger(schema.pool, master), 3);
  const [before, between, staying] = [...keys.keys()] as [string, string, string];
  const { patients } = ledger(schema.pool, master);
  const idOf = async (person: string) => (await patients.keysOf(person))[0]?.keyId as string;
  const ids = { before: await idOf(before), between: await idOf(between) };
  const destroy = (keyId: string) =>
    schema.pool.query('update patient_key set person = null, wrapped = null, erased_at = now() where key_id = $1', [
      keyId,
    ]);
  await destroy(ids.before);
  const erasing = Object.assign(Object.create(schema.pool) as Pool, {
    query: async (text: unknown, values: unknown[]) => {
      if (String(text).startsWith('update patient_key')) await destroy(ids.between);
      return schema.pool.query(text as string, values);
    },
  });
  expect(await ledger(erasing, next, master).rewrapper.rewrap()).toBe(1);
  const { rows } = await schema.pool.query<{ key_id: string }>('select key_id from patient_key where wrapped is null');
  expect(rows.map(({ key_id }) => key_id).sort()).toEqual(Object.values(ids).sort());
  expect(await readable([staying], next)).toEqual(new Map([[staying, keys.get(staying)]]));
  expect((await patients.open(Object.values(ids))).size).toBe(0);
});

it('covers a key that was being made when the change came, behind what had been looked at', async () => {
  const [begun, held] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const slow = Object.assign(Object.create(schema.pool) as Pool, {
    query: async (text: { name?: string } | string, values: unknown[]) => {
      if (typeof text !== 'string' && text.name === 'make-patient-key') {
        begun.resolve(undefined);
        await held.promise;
      }
      return schema.pool.query(text as string, values);
    },
  });
  const running = ledger(slow, master);
  await running.rewrapper.onApplicationBootstrap();
  const person = randomUUID();
  const making = running.patients.of(person);
  // It has found no row, and is on its way to insert one under the master key.
  await begun.promise;
  const changing = running.become(next, master);
  held.resolve(undefined);
  await changing;
  expect(told.map(({ details }) => details)).toEqual([{ count: 1 }]);
  const key = (await making).key.export().toString('hex');
  expect(await readable([person], next)).toEqual(new Map([[person, key]]));
});

it('destroys a former key only when nothing is under it, though the file has lost it already', async () => {
  const running = ledger(schema.pool, master);
  await running.rewrapper.onApplicationBootstrap();
  const keys = await keysOf(running, 5);
  await running.become(next);
  expect(told.map(({ details }) => details)).toEqual([{ count: 5 }]);
  expect(await readable(keys.keys(), next)).toEqual(keys);
});

it('does not start over keys that lie under a wrapping key which is not in the file: a restored backup, or retired too early', async () => {
  await keysOf(ledger(schema.pool, master), 3);
  const { rewrapper } = ledger(schema.pool, next);
  await expect(rewrapper.onApplicationBootstrap()).rejects.toThrow(PatientKeysLost);
});

it('goes past a row that somebody has changed, which is said, and stops no start', async () => {
  const running = ledger(schema.pool, master);
  const keys = await keysOf(running, 5);
  const [changed, ...others] = [...keys.keys()] as [string, ...string[]];
  const keyId = (await running.patients.keysOf(changed))[0]?.keyId;
  await schema.pool.query(
    `update patient_key set wrapped = set_byte(wrapped, 3, 255 - get_byte(wrapped, 3)) where key_id = $1`,
    [keyId],
  );
  const restarted = ledger(schema.pool, next, master);
  await restarted.rewrapper.onApplicationBootstrap();
  await idle(restarted.rewrapper);
  expect(told.map(({ details }) => details)).toEqual([{ count: 4 }]);
  expect(restarted.logged).toEqual([{ key: keyId }]);
  expect((await readable(others, next)).size).toBe(4);
});

it('a replica opens what the sequencer has wrapped already, and refuses what its file has no key for', async () => {
  const running = ledger(schema.pool, master);
  await running.rewrapper.onApplicationBootstrap();
  const [person] = (await keysOf(running, 1)).keys() as unknown as [string];
  const keyId = (await running.patients.keysOf(person))[0]?.keyId as string;
  await running.become(next, master);
  const replica = ledger(schema.pool, master);
  await expect(replica.patients.open([keyId])).rejects.toMatchObject({ code: 'patient-key-unopened', status: 503 });
  replica.willRead(next, master);
  expect((await replica.patients.open([keyId])).size).toBe(1);
});
