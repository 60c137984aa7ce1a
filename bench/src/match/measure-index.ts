import { createMatchIndex, loadMatchIndex, type MatchIndex, type PatientRecord } from '@hie/matching-engine';
import { type FlatRecord, population } from '@hie/population';
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { exactFigure, type Figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { bounded } from './bounded.js';
import { type TrueRecord } from './live/feed-people.js';
import { livePeople } from './live/live-people.js';
import { lookUpFigures } from './live/measure-blocking.js';

/** A flat record of the generator as the engine takes it. */
export function toPatientRecord(flat: FlatRecord): PatientRecord {
  const {
    given,
    middle,
    family,
    suffix,
    birthDate,
    sex,
    street,
    unit,
    city,
    state,
    postalCode,
    phone,
    email,
    ssnLast4,
    source,
    mrn,
  } = flat;
  return {
    names: [{ given, middle, family, suffix }],
    birthDates: [birthDate],
    sex,
    addresses: [{ street, unit, city, state, postalCode }],
    phones: [phone],
    emails: [email],
    nationalIds: [ssnLast4],
    identifiers: [{ system: source, value: mrn }],
  };
}

const SAY_EVERY = 250_000;
/** Of these and fewer the snapshot and the linking are measured too. */
const SNAPSHOT_UP_TO = 1_000_000;

function progress(inserted: number, records: number, insertMs: number, bytes: number): string {
  const share = ((inserted / records) * 100).toFixed(0);
  const perSecond = ((inserted / insertMs) * 1_000).toFixed(0);
  const gibibytes = (bytes / 2 ** 30).toFixed(2);
  return `${inserted.toLocaleString('en-US')} records (${share} %), ${perSecond} inserts/s, index ${gibibytes} GiB`;
}

/**
 * The live index at a number of records: inserts, memory, look-ups by records that are not stored, snapshot and load; beside each
 * look-up time the floor, which is to touch a thousand random rows of the same size and add ten weights.
 */
export function measureIndex(records: number, say: (line: string) => void = () => undefined): Figure[] {
  const label = records.toLocaleString('en-US');
  const index = createMatchIndex({ capacity: records });
  const people = livePeople(index);
  const personOf = new Map<string, number>();
  const queries: TrueRecord[] = [];
  let insertMs = 0;
  let inserted = 0;
  for (const flat of population({ seed: 23, people: records, hospitals: 8 }).records()) {
    const record = toPatientRecord(flat);
    const personId = flat.person_id;
    if (inserted % Math.ceil(records / 2000) === 1 && queries.length < 2000) queries.push({ record, personId });
    else {
      const start = performance.now();
      const person = people.enter(record, personOf.get(personId));
      insertMs += performance.now() - start;
      personOf.set(personId, person);
    }
    if (++inserted % SAY_EVERY === 0) say(progress(inserted, records, insertMs, index.byteLength));
    if (inserted >= records) break;
  }
  say(`${label} inserted; ${queries.length} look-ups`);
  for (const { record } of queries.slice(0, 300)) index.search(record);
  let incomplete = 0;
  const times = measureTimes(queries.length, (i) => {
    if (!index.search((queries[i] as TrueRecord).record).complete) incomplete++;
  });
  const floor = quantile(touchRows(records).undisturbed, 0.5);
  const p50 = quantile(times.all, 0.5);
  const p99 = quantile(times.all, 0.99);
  const disturbed = times.all.length - times.undisturbed.length;
  const figures: Figure[] = [
    exactFigure({
      name: `index of ${label}: look-up p50`,
      value: p50,
      unit: 'ms',
      ...(records === 1_000_000 ? { target: { atMost: 0.2 } } : {}),
      comparison: { name: 'floor of 1,000 rows', value: floor, ratio: p50 / floor },
    }),
    bounded(
      `index of ${label}: look-up p99`,
      p99,
      'ms',
      '≤',
      records > 1_000_000 ? 2 : 1,
      `without the ${disturbed} of ${times.all.length} look-ups in which another process took the core: ${quantile(times.undisturbed, 0.99).toFixed(2)} ms`,
    ),
    { name: `index of ${label}: look-ups cut short`, value: incomplete, unit: `of ${queries.length}` },
    ...lookUpFigures(label, index, queries, (personId) => people.rowsOf[personOf.get(personId) ?? -1] ?? []),
    exactFigure({
      name: `index of ${label}: memory`,
      value: index.byteLength / index.size,
      unit: 'bytes/record',
      target: { atMost: 350 },
    }),
    { name: `index of ${label}: inserts`, value: (index.size / insertMs) * 1000, unit: 'records/s' },
  ];
  if (records > SNAPSHOT_UP_TO) return figures;
  const { loaded, seconds, fileBytes } = loadFromDisk(index);
  if (loaded.size !== index.size) throw new RangeError('the loaded index has another size');
  return [
    ...figures,
    bounded(
      `index of ${label}: load from a snapshot`,
      seconds,
      's',
      '≤',
      2,
      `${(fileBytes / 2 ** 20).toFixed(0)} MiB read from a file that was written and synced just before`,
    ),
    linkingFigure(label, people, queries),
  ];
}

/** Writes a snapshot to a file, and times reading it and opening the index. The file may still be in the memory of the system. */
function loadFromDisk(index: MatchIndex): { loaded: MatchIndex; seconds: number; fileBytes: number } {
  const path = join(tmpdir(), `hie-match-index-${process.pid}.snapshot`);
  const file = openSync(path, 'w');
  try {
    for (const piece of index.snapshot()) {
      for (let at = 0; at < piece.length;) at += writeSync(file, piece, at, Math.min(piece.length - at, 2 ** 28));
    }
    fsyncSync(file);
    const began = performance.now();
    const bytes = readFileSync(path);
    const loaded = loadMatchIndex(bytes);
    return { loaded, seconds: (performance.now() - began) / 1_000, fileBytes: bytes.length };
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

/** How many records a second are searched for, weighed against every person found, decided about, and entered. */
function linkingFigure(label: string, people: ReturnType<typeof livePeople>, queries: readonly TrueRecord[]): Figure {
  for (const { record } of queries.slice(0, 300)) people.decide(record);
  const used = process.cpuUsage();
  const began = performance.now();
  for (const { record } of queries) {
    const { kind, matches } = people.decide(record);
    people.enter(record, kind === 'link' ? matches.find(({ verdict }) => verdict === 'link')?.person : undefined);
  }
  const perSecond = queries.length / ((performance.now() - began) / 1_000);
  const { user, system } = process.cpuUsage(used);
  const perCpuSecond = queries.length / ((user + system) / 1e6);
  return bounded(
    `index of ${label}: insert with linking`,
    perSecond,
    'records/s',
    '≥',
    5_000,
    `${perCpuSecond.toFixed(0)} per second of processor time`,
  );
}

function touchRows(records: number): Times {
  const rows = new Int32Array(new SharedArrayBuffer(records * 64));
  const weights = Float64Array.from({ length: 16 }, (_, i) => i / 7);
  let state = 1;
  let sum = 0;
  const times = measureTimes(300, () => {
    for (let i = 0; i < 1000; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const at = (state % records) * 16;
      for (let f = 0; f < 10; f++) sum += weights[(rows[at + f] ?? 0) & 15] ?? 0;
    }
  });
  if (Number.isNaN(sum)) throw new RangeError('the floor was not measured');
  return times;
}

interface Times {
  /** Milliseconds of every run. */
  readonly all: readonly number[];
  /** Those of the runs in which the kernel gave the core to nobody else: what the work itself takes, to be read beside the whole. */
  readonly undisturbed: readonly number[];
}

function measureTimes(runs: number, run: (i: number) => void): Times {
  const all: number[] = [];
  const undisturbed: number[] = [];
  for (let i = 0; i < runs; i++) {
    const switches = process.resourceUsage().involuntaryContextSwitches;
    const began = performance.now();
    run(i);
    const took = performance.now() - began;
    all.push(took);
    if (process.resourceUsage().involuntaryContextSwitches === switches) undisturbed.push(took);
  }
  return { all, undisturbed };
}
