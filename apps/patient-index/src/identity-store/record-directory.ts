import { type ColumnSet, copyOf, withRoomFor } from './hash-chains.js';
import { UuidTable } from './uuid-table.js';

/** One record of the index. */
export interface IndexedRecord {
  readonly recordId: string;
  /** The person it is linked to; a merge does not change it. */
  readonly personId: string;
  /** Of its content, counted up by each change. */
  readonly version: number;
  /** Its row in the match engine. */
  readonly row: number;
  /** `traitsOf` its content. */
  readonly traits: number;
}

/**
 * What is kept of each record, by its number; the record of each row; and the first and the last record of each person, by its number. The
 * others lie between, chained by `next`.
 */
const columnNames = ['row', 'person', 'version', 'traits', 'next', 'atRow', 'first', 'last'] as const;
type ColumnName = (typeof columnNames)[number];

/**
 * Which record and which person each row of the match engine is, in about eighty bytes a record and none of them an object of V8's
 * (docs/adr/0028).
 *
 * A record that was taken out keeps its number, and has no row.
 */
export class RecordDirectory {
  private readonly records = new UuidTable();
  private readonly persons = new UuidTable();
  private readonly of = Object.fromEntries(columnNames.map((name) => [name, new Uint32Array()])) as Record<
    ColumnName,
    Uint32Array
  >;

  enter({ recordId, personId, version, row, traits }: IndexedRecord): void {
    const record = this.records.enter(recordId);
    this.set('row', record, row);
    this.set('version', record, version);
    this.set('traits', record, traits);
    this.set('atRow', row, record);
    this.link(record, personId);
  }

  /** @throws RangeError when it is not there, as all that name a record */
  remove(recordId: string): void {
    const record = this.numberOf(recordId);
    this.unlink(record);
    this.of.atRow[this.of.row[record] ?? 0] = 0;
    this.of.row[record] = 0;
  }

  move(recordId: string, personId: string): void {
    const record = this.numberOf(recordId);
    this.unlink(record);
    this.link(record, personId);
  }

  setContent(recordId: string, { version, traits }: Pick<IndexedRecord, 'version' | 'traits'>): void {
    const record = this.numberOf(recordId);
    this.of.version[record] = version;
    this.of.traits[record] = traits;
  }

  find(recordId: string): IndexedRecord | undefined {
    const record = this.records.find(recordId);
    return record === 0 || this.of.row[record] === 0 ? undefined : this.recordOf(recordId, record);
  }

  /** The record of a row; `undefined` for a row that is no record's, as in the next two. */
  recordIdAt(row: number): string | undefined {
    const record = this.of.atRow[row] ?? 0;
    return record === 0 ? undefined : this.records.textOf(record);
  }

  personIdAt(row: number): string | undefined {
    const record = this.of.atRow[row] ?? 0;
    return record === 0 ? undefined : this.persons.textOf(this.of.person[record] ?? 0);
  }

  traitsAt(row: number): number | undefined {
    const record = this.of.atRow[row] ?? 0;
    return record === 0 ? undefined : this.of.traits[record];
  }

  /** Whether a person has ever had a record here. */
  hasPerson(personId: string): boolean {
    return this.persons.find(personId) !== 0;
  }

  /** The rows of a person's records, in the order in which they were linked. */
  rowsOf(personId: string): readonly number[] {
    const rows: number[] = [];
    const person = this.persons.find(personId);
    for (let record = this.of.first[person] ?? 0; record !== 0; record = this.of.next[record] ?? 0)
      rows.push(this.of.row[record] ?? 0);
    return rows;
  }

  *recordIds(): Generator<string> {
    for (let record = 1; record <= this.records.size; record += 1)
      if (this.of.row[record] !== 0) yield this.records.textOf(record);
  }

  /** Everything, as views that are valid until the next change. */
  columns(): ColumnSet {
    return { records: this.records.columns(), persons: this.persons.columns(), links: this.of };
  }

  /** Takes the place of an empty directory. */
  adopt(columns: ColumnSet): void {
    this.records.adopt(columns['records'] ?? {});
    this.persons.adopt(columns['persons'] ?? {});
    for (const name of columnNames) this.of[name] = copyOf(columns['links']?.[name]);
  }

  private recordOf(recordId: string, record: number): IndexedRecord {
    return {
      recordId,
      personId: this.persons.textOf(this.of.person[record] ?? 0),
      version: this.of.version[record] ?? 0,
      row: this.of.row[record] ?? 0,
      traits: this.of.traits[record] ?? 0,
    };
  }

  private numberOf(recordId: string): number {
    const record = this.records.find(recordId);
    if (record === 0 || this.of.row[record] === 0) throw new RangeError('The record is not in the index.');
    return record;
  }

  private link(record: number, personId: string): void {
    const person = this.persons.enter(personId);
    const before = this.of.last[person] ?? 0;
    this.set('person', record, person);
    this.set('next', record, 0);
    if (before === 0) this.set('first', person, record);
    else this.of.next[before] = record;
    this.set('last', person, record);
  }

  private unlink(record: number): void {
    const person = this.of.person[record] ?? 0;
    let before = 0;
    for (let at = this.of.first[person] ?? 0; at !== record && at !== 0; at = this.of.next[at] ?? 0) before = at;
    const after = this.of.next[record] ?? 0;
    if (before === 0) this.of.first[person] = after;
    else this.of.next[before] = after;
    if (this.of.last[person] === record) this.of.last[person] = before;
  }

  private set(name: ColumnName, at: number, value: number): void {
    this.of[name] = withRoomFor(this.of[name], at);
    this.of[name][at] = value;
  }
}
