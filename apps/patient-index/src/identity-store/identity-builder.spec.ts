import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Demographics } from '@hie/contracts';
import type { MemberKeys } from '@hie/persistence';
import type { FileKeyring, PinoLogger } from '@hie/service-kit';

import type { DataSource } from 'typeorm';

import { WriterSeat } from '../follow-writer/writer-seat.js';
import { IdentityBuilder } from './identity-builder.js';
import { IdentityIndex } from './identity-index.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { uuidOf } from './named-uuid.fixture.js';
import type { OpenedRecord, SourceRecordRepository } from './source-record.repository.js';
import { storedMatchRecord } from './stored-record.js';

const masterKey = randomBytes(32);
const memberKey = createSecretKey(randomBytes(32));
const people: Readonly<Record<string, readonly [given: string, birthDate: string]>> = {
  Nowak: ['Wanda', '1950-02-03'],
  Nowicki: ['Wanda', '1950-02-03'],
  Okafor: ['Chidi', '1961-11-27'],
  Quinn: ['Maeve', '1984-07-15'],
  Pérez: ['Lucía', '2001-09-30'],
  Roe: ['Jane', '1972-01-08'],
};
const demographics = (family: string): Demographics => ({
  given: [people[family]?.[0] ?? ''],
  family: [family],
  furtherNames: [],
  birthDate: people[family]?.[1],
  sex: 'unknown',
  addresses: [],
  phones: [],
  emails: [],
  identifiers: [],
});
const record = (name: string, family: string, version = 1, person = `person of ${name}`): OpenedRecord => ({
  entity: {
    recordId: uuidOf(name),
    memberId: 'mercy',
    personId: uuidOf(person),
    version,
    identifierHash: Buffer.alloc(0),
    content: Buffer.alloc(0),
  },
  content: { identifier: { system: 'urn:oid:2.999', value: name }, demographics: demographics(family) },
});

/** One life of the service over a folder; what it read from the database and what it warned of. */
function life(
  folder: string,
  stored: readonly OpenedRecord[],
  members: readonly string[] = ['mercy'],
  masterKeys: readonly Buffer[] = [masterKey],
) {
  const opened: string[] = [];
  const warned: unknown[] = [];
  const told: object[] = [];
  const records = {
    async *all() {
      for (const one of stored) {
        opened.push(one.entity.recordId);
        yield await Promise.resolve(one);
      }
    },
    findByIds: (ids: readonly string[]) => {
      opened.push(...ids);
      return Promise.resolve(stored.filter(({ entity }) => ids.includes(entity.recordId)));
    },
    states: (ids: readonly string[]) =>
      Promise.resolve(stored.flatMap(({ entity }) => (ids.includes(entity.recordId) ? entity : []))),
    async *allStates() {
      yield await Promise.resolve(stored.map(({ entity }) => entity));
    },
  } as unknown as SourceRecordRepository;
  const keys = {
    load: () => Promise.resolve(),
    memberIds: () => members,
    find: (memberId: string) => (members.includes(memberId) ? memberKey : undefined),
  } as unknown as MemberKeys;
  const logger = {
    warn: ({ err }: { err: { code?: unknown } }) => warned.push(err.code),
    info: (fields: object) => told.push(fields),
  } as unknown as PinoLogger;
  const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
  let ring = masterKeys;
  const listeners: (() => void)[] = [];
  const keyring = {
    masterKey: () => ring[0],
    masterKeys: () => ring,
    onChange: (listener: () => void) => listeners.push(listener),
  } as unknown as FileKeyring;
  const become = (...keys: readonly Buffer[]) => {
    ring = keys;
    listeners.forEach((listener) => listener());
  };
  const seat = new WriterSeat({} as DataSource, { HIE_INSTANCE: '0' });
  const snapshots = new IdentitySnapshots(index, keys, keyring, { INDEX_SNAPSHOT_DIR: folder }, logger, seat);
  const builder = new IdentityBuilder(index, snapshots, records, keys, logger);
  const found = (family: string) => index.search(storedMatchRecord(record('asked', family).content)).matches;
  snapshots.onModuleInit();
  return { index, snapshots, builder, opened, warned, told, found, become };
}

describe(IdentityBuilder.name, () => {
  const before = [record('a', 'Nowak'), record('b', 'Okafor'), record('c', 'Quinn')];
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'identity-snapshot-'));
    const first = life(folder, before);
    await first.builder.build();
    expect([first.opened, first.told]).toEqual([['a', 'b', 'c'].map(uuidOf), [{ restored: 0, read: 3 }]]);
    await first.snapshots.onApplicationShutdown();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const file = async () => join(folder, (await readdir(folder))[0] ?? '');

  it('opens no record when the snapshot is current, and finds the same people', async () => {
    const second = life(folder, before);
    await second.builder.build();
    expect(second.opened).toEqual([]);
    expect(second.index.size).toBe(3);
    expect(second.found('Okafor').map(({ recordIds }) => recordIds[0])).toEqual([uuidOf('b')]);
  });

  describe('when the key that seals it has changed', () => {
    const next = Buffer.alloc(32, 77);
    const readBy = async (...keys: readonly Buffer[]) => {
      const another = life(folder, before, ['mercy'], keys);
      await another.builder.build();
      return another;
    };

    it('is written anew under the next one, though nothing else did change, and opens without the former', async () => {
      const running = await readBy(masterKey);
      running.become(masterKey, next);
      running.become(next, masterKey);
      await running.snapshots.onApplicationShutdown();
      expect((await readBy(next)).opened).toEqual([]);
      expect((await readBy(masterKey)).warned).toEqual(['snapshot-unreadable']);
    });

    it('is opened under the former at the next start, and written anew', async () => {
      const restarted = await readBy(next, masterKey);
      expect([restarted.opened, restarted.warned]).toEqual([[], []]);
      await restarted.snapshots.onApplicationShutdown();
      expect((await readBy(next)).opened).toEqual([]);
    });

    it('is left alone while the next one is only published, or another key has changed', async () => {
      const running = await readBy(masterKey);
      running.become(masterKey, next);
      await running.snapshots.onApplicationShutdown();
      expect((await readBy(masterKey)).opened).toEqual([]);
    });
  });

  it('brings a stale snapshot up to the database: changed, moved, new and gone', async () => {
    const after = [record('a', 'Nowicki', 2), record('b', 'Okafor', 1, 'another person'), record('d', 'Pérez')];
    const second = life(folder, after);
    await second.builder.build();
    expect(second.opened).toEqual(['a', 'b', 'd'].map(uuidOf));
    expect(second.index.size).toBe(3);
    expect(second.index.stateOf(uuidOf('a'))).toMatchObject({ version: 2 });
    expect(second.index.personOf(uuidOf('b'))).toBe(uuidOf('another person'));
    expect(second.index.stateOf(uuidOf('c'))).toBeUndefined();
    expect(second.found('Quinn').filter(({ verdict }) => verdict !== 'apart')).toEqual([]);
    expect(second.found('Pérez').map(({ recordIds }) => recordIds[0])).toContain(uuidOf('d'));
    expect(second.warned).toEqual([]);
  });

  it('reads everything, and says why, when the file is damaged', async () => {
    const bytes = await readFile(await file());
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    await writeFile(await file(), bytes);
    const second = life(folder, before);
    await second.builder.build();
    expect([second.opened, second.warned]).toEqual([['a', 'b', 'c'].map(uuidOf), ['snapshot-unreadable']]);
    expect(second.index.size).toBe(3);
  });

  it('does not use what it holds of a member whose key was destroyed', async () => {
    const second = life(folder, [], ['harborview']);
    await second.builder.build();
    expect(second.warned).toEqual(['snapshot-of-a-destroyed-member']);
    expect(second.index.size).toBe(0);
  });

  it('keeps nothing that is not committed', async () => {
    const kept = await readFile(await file());
    const isAsKept = async () => kept.equals(await readFile(await file()));
    const second = life(folder, before);
    await second.builder.build();
    // As after the commit of another record, and in the middle of the next one's.
    second.snapshots.settle(1);
    second.snapshots.unsettle();
    const undo = second.index.insert(uuidOf('x'), uuidOf('person'), storedMatchRecord(record('x', 'Roe').content));
    await second.snapshots.onApplicationShutdown();
    expect(await isAsKept()).toBe(true);
    undo();
    second.snapshots.settle(0);
    await second.snapshots.onApplicationShutdown();
    expect(await isAsKept()).toBe(false);
  });
});
