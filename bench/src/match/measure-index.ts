import { createMatchIndex, loadMatchIndex, type PatientRecord } from '@hie/matching-engine';
import { type FlatRecord, population } from '@hie/population';

import { exactFigure, type Figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { bounded } from './bounded.js';

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

/**
 * The live index at a number of records: inserts, memory, look-ups by records that are not stored, snapshot and load; beside each
 * look-up time the floor, which is to touch a thousand random rows of the same size and add ten weights.
 */
export function measureIndex(records: number): Figure[] {
  const label = records.toLocaleString('en-US');
  const index = createMatchIndex({ capacity: records });
  const queries: PatientRecord[] = [];
  let began = performance.now();
  let pausedMs = 0;
  let inserted = 0;
  for (const flat of population({ seed: 23, people: records, hospitals: 8 }).records()) {
    const pause = performance.now();
    const record = toPatientRecord(flat);
    pausedMs += performance.now() - pause;
    if (inserted % Math.ceil(records / 2000) === 1 && queries.length < 2000) queries.push(record);
    else index.insert(record);
    if (++inserted >= records) break;
  }
  const insertSeconds = (performance.now() - began - pausedMs) / 1000;
  for (const query of queries.slice(0, 300)) index.search(query);
  const times: number[] = [];
  let incomplete = 0;
  for (const query of queries) {
    began = performance.now();
    const { complete } = index.search(query);
    times.push(performance.now() - began);
    if (!complete) incomplete++;
  }
  const floor = quantile(touchRows(records), 0.5);
  const p50 = quantile(times, 0.5);
  const p99 = quantile(times, 0.99);
  const figures: Figure[] = [
    exactFigure({
      name: `index of ${label}: look-up p50`,
      value: p50,
      unit: 'ms',
      ...(records === 1_000_000 ? { target: { atMost: 0.2 } } : {}),
      comparison: { name: 'floor of 1,000 rows', value: floor, ratio: p50 / floor },
    }),
    bounded(`index of ${label}: look-up p99`, p99, 'ms', '≤', records > 1_000_000 ? 2 : 1),
    { name: `index of ${label}: look-ups cut short`, value: incomplete, unit: `of ${queries.length}` },
    exactFigure({
      name: `index of ${label}: memory`,
      value: index.byteLength / index.size,
      unit: 'bytes/record',
      ...(records < 1_000_000 ? {} : { target: { atMost: 350 } }),
    }),
    { name: `index of ${label}: inserts, generator included`, value: inserted / insertSeconds, unit: 'records/s' },
  ];
  if (records > 1_000_000) return figures;
  const bytes = new Uint8Array([...index.snapshot()].reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of index.snapshot()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  began = performance.now();
  const loaded = loadMatchIndex(bytes);
  const loadSeconds = (performance.now() - began) / 1000;
  if (loaded.size !== index.size) throw new RangeError('the loaded index has another size');
  began = performance.now();
  for (const query of queries) {
    loaded.search(query);
    loaded.insert(query);
  }
  const linkedPerSecond = queries.length / ((performance.now() - began) / 1000);
  return [
    ...figures,
    bounded(`index of ${label}: load from a snapshot`, loadSeconds, 's', '≤', 2),
    bounded(`index of ${label}: insert with search`, linkedPerSecond, 'records/s', '≥', 5000),
  ];
}

function touchRows(records: number): number[] {
  const rows = new Int32Array(new SharedArrayBuffer(records * 64));
  const weights = Float64Array.from({ length: 16 }, (_, i) => i / 7);
  let state = 1;
  let sum = 0;
  const times = Array.from({ length: 300 }, () => {
    const began = performance.now();
    for (let i = 0; i < 1000; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const at = (state % records) * 16;
      for (let f = 0; f < 10; f++) sum += weights[(rows[at + f] ?? 0) & 15] ?? 0;
    }
    return performance.now() - began;
  });
  if (Number.isNaN(sum)) throw new RangeError('the floor was not measured');
  return times;
}
