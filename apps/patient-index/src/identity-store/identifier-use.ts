import { hash } from 'node:crypto';

import { type AnyRecord, type PatientRecord, normaliseRecord } from '@hie/matching-engine';

import { type ColumnSet, HashChains, copyOf, withRoomFor } from './hash-chains.js';

/**
 * An identifier that more different people have than this proves nothing: it is a placeholder, or a number of a family. Different is who
 * differs in surname or date of birth, as for crowded telephones in the engine. One person's records differ too, by marriage and typing errors.
 */
const MOST_PEOPLE = 3;
/** The engine keeps social security numbers of which only the last four digits are known apart, above any whole one. */
const LARGEST_WHOLE = 999_999_999;

const columnNames = ['high', 'people', 'key', 'person', 'count', 'held'] as const;
type ColumnName = (typeof columnNames)[number];

/**
 * How many different people have an identifier, over all records of the index.
 *
 * Identifiers and people are kept as hashes, of 64 bits and of 32, in typed arrays (docs/adr/0028). Two identifiers of one hash are one
 * case in 10¹⁹, and then one of them is not believed. Each record holds on to its pairs of identifier and person, by its row.
 */
export class IdentifierUse {
  private readonly keys = new HashChains();
  private readonly pairs = new HashChains();
  private readonly holdings = new HashChains();
  private readonly of = Object.fromEntries(columnNames.map((name) => [name, new Uint32Array()])) as Record<
    ColumnName,
    Uint32Array
  >;

  /** Counts a record's identifiers in. @param row one that has none counted */
  enter(row: number, record: AnyRecord): void {
    const { keys, person } = readingOf(record);
    const [personHash] = hashOf(person);
    for (const text of keys) {
      const pair = this.pairOf(this.keyOf(hashOf(text)), personHash);
      this.of.count[pair] = (this.of.count[pair] ?? 0) + 1;
      this.set('held', this.holdings.add(row), pair);
    }
  }

  /** Counts the identifiers of a row's record out again. */
  leave(row: number): void {
    const anyOfRow = (): boolean => true;
    for (let held = this.holdings.find(row, anyOfRow); held !== 0; held = this.holdings.find(row, anyOfRow)) {
      this.release(this.of.held[held] ?? 0);
      this.holdings.remove(held);
    }
  }

  /** The record without the identifiers that too many different people have; its other fields speak for themselves. */
  withoutCrowded(record: PatientRecord): PatientRecord {
    const { nationalIds = [], identifiers = [] } = record;
    if (nationalIds.length + identifiers.length === 0) return record;
    const isTelling = (part: PatientRecord): boolean => readingOf(part).keys.every((key) => !this.isCrowded(key));
    return {
      ...record,
      nationalIds: nationalIds.filter((id) => isTelling({ nationalIds: [id] })),
      identifiers: identifiers.filter((id) => isTelling({ identifiers: [id] })),
    };
  }

  /** Everything, as views that are valid until the next change. */
  columns(): ColumnSet {
    const { keys, pairs, holdings } = this;
    return { keys: keys.columns(), pairs: pairs.columns(), holdings: holdings.columns(), use: this.of };
  }

  /** Takes the place of an empty one. */
  adopt(columns: ColumnSet): void {
    this.keys.adopt(columns['keys'] ?? {});
    this.pairs.adopt(columns['pairs'] ?? {});
    this.holdings.adopt(columns['holdings'] ?? {});
    for (const name of columnNames) this.of[name] = copyOf(columns['use']?.[name]);
  }

  private isCrowded(text: string): boolean {
    return (this.of.people[this.findKey(hashOf(text))] ?? 0) > MOST_PEOPLE;
  }

  private findKey([low, high]: Hash): number {
    return this.keys.find(low, (key) => this.of.high[key] === high);
  }

  private keyOf(found: Hash): number {
    const known = this.findKey(found);
    if (known !== 0) return known;
    const key = this.keys.add(found[0]);
    this.set('high', key, found[1]);
    this.set('people', key, 0);
    return key;
  }

  private pairOf(key: number, person: number): number {
    const both = (Math.imul(key, 0x9e3779b1) ^ person) >>> 0;
    const known = this.pairs.find(both, (pair) => this.of.key[pair] === key && this.of.person[pair] === person);
    if (known !== 0) return known;
    const pair = this.pairs.add(both);
    this.set('key', pair, key);
    this.set('person', pair, person);
    this.set('count', pair, 0);
    this.of.people[key] = (this.of.people[key] ?? 0) + 1;
    return pair;
  }

  private release(pair: number): void {
    const count = (this.of.count[pair] ?? 0) - 1;
    this.of.count[pair] = count;
    if (count > 0) return;
    const key = this.of.key[pair] ?? 0;
    this.pairs.remove(pair);
    const people = (this.of.people[key] ?? 0) - 1;
    this.of.people[key] = people;
    if (people === 0) this.keys.remove(key);
  }

  private set(name: ColumnName, at: number, value: number): void {
    this.of[name] = withRoomFor(this.of[name], at);
    this.of[name][at] = value;
  }
}

type Hash = readonly [low: number, high: number];

function hashOf(text: string): Hash {
  const digest = hash('sha256', text, 'buffer');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** A record's identifiers as the engine compares them, and who has them. Four digits alone are many people's by their nature. */
function readingOf(record: AnyRecord): { readonly keys: readonly string[]; readonly person: string } {
  const { names, birthDates, nationalIds, identifiers } = normaliseRecord(record);
  const whole = nationalIds.filter((id) => id <= LARGEST_WHOLE);
  return {
    keys: [...new Set([...whole.map(String), ...identifiers.map(({ system, value }) => `${system}|${value}`)])],
    person: JSON.stringify([names[0]?.family, birthDates[0]]),
  };
}
