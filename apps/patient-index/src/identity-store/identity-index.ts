import {
  type Candidate,
  type LinkRule,
  type MatchIndex,
  type MatchModel,
  type NormalisedRecord,
  type PatientRecord,
  createMatchIndex,
  decidePersonLink,
  defaultLinkRule,
  loadMatchIndex,
  normaliseRecord,
  personEvidence,
  personProbability,
} from '@hie/matching-engine';
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { PatientIndexConfig } from '../patient-index.config.js';
import type { ColumnSet } from './hash-chains.js';
import { IdentifierUse } from './identifier-use.js';
import type { DecisionBasis } from './identity-event.js';
import { RecordDirectory, type IndexedRecord } from './record-directory.js';
import { hasTrait, joinedTraits } from './record-traits.js';
import { type PersonForest, rootOf } from './person-forest.js';

/**
 * Records that one search lists. Persons are counted, not records, and one of many records would push every rival off a short list; a
 * list that is full was cut somewhere, and then nothing is certain.
 */
export const MOST_CANDIDATES = 200;

/** How a searched record stands to one known person. */
export interface PersonMatch {
  readonly personId: string;
  /** `link`: the same person; `review`: a person should look; `apart`: not this one. */
  readonly verdict: 'link' | 'review' | 'apart';
  readonly probability: number;
  /** Ids of this person's records that were found, most probable first. */
  readonly recordIds: readonly string[];
  /** `joinedTraits` of its records. */
  readonly traits: number;
  /** How the record that speaks most for it compares. */
  readonly best?: Pick<Candidate, 'probability' | 'posterior' | 'explanation'> & { readonly recordId: string };
}

export interface PersonSearch {
  /** Most probable first. */
  readonly matches: readonly PersonMatch[];
  /** False when the search was cut short; then nothing is certain. */
  readonly complete: boolean;
}

/** The person that an id stands for. */
export interface ResolvedPerson {
  readonly personId: string;
  /** Every id that redirects to it, through other merged persons too. */
  readonly formerPersonIds: readonly string[];
  /** Records that were taken off it: a pointer that has not followed yet must not be. */
  readonly formerRecordIds: readonly string[];
}

/** The whole index but for merged persons. */
export interface IdentitySnapshot {
  /** Who is in which row, and what is counted of identifiers. */
  readonly directory: ColumnSet;
  readonly identifierUse: ColumnSet;
  /** The match engine's own snapshot, in pieces. */
  readonly engine: readonly Uint8Array[];
}

/** What is needed to take a change back. */
export type Undo = () => void;

/**
 * The in-memory index of everybody: the match engine's rows, and which record and person each row is.
 *
 * A projection: PostgreSQL is the truth. One writer; a change whose transaction failed is undone.
 */
@Injectable()
export class IdentityIndex implements PersonForest {
  private index: MatchIndex;
  private rule: LinkRule = defaultLinkRule;
  private readonly identifierUse = new IdentifierUse();
  private readonly directory = new RecordDirectory();
  private readonly survivors = new Map<string, string>();
  private readonly mergedInto = new Map<string, Set<string>>();
  private readonly takenOff = new Map<string, Set<string>>();

  constructor(@Inject(SERVICE_CONFIG) private readonly config: Pick<PatientIndexConfig, 'REGION_POPULATION'>) {
    this.index = createMatchIndex({ capacity: 16_384, population: config.REGION_POPULATION });
  }

  get size(): number {
    return this.index.size;
  }

  get model(): MatchModel {
    return this.index.model;
  }

  /** Names the parameters a decision was made with. */
  get modelVersion(): string {
    return this.index.model.version;
  }

  /** The parameters themselves, as a link names them. */
  get basis(): DecisionBasis {
    return { modelVersion: this.modelVersion, thresholds: this.rule };
  }

  /** Decides with another model from now on. @throws RangeError for one that is for other fields */
  useModel(model: MatchModel, rule: LinkRule): void {
    this.index.useModel(model);
    this.rule = rule;
  }

  insert(recordId: string, personId: string, record: PatientRecord, { version = 1, traits = 0 } = {}): Undo {
    const read = normaliseRecord(record);
    const row = this.index.insert(read);
    this.directory.enter({ recordId, personId, version, row, traits });
    this.identifierUse.enter(row, read);
    return () => this.remove(recordId);
  }

  update(recordId: string, record: PatientRecord, before: PatientRecord, traits = 0): Undo {
    const { row, version, traits: traitsBefore } = this.entryOf(recordId);
    const put = (content: PatientRecord, state: Pick<IndexedRecord, 'version' | 'traits'>): void => {
      const read = normaliseRecord(content);
      this.index.update(row, read);
      this.identifierUse.leave(row);
      this.identifierUse.enter(row, read);
      this.directory.setContent(recordId, state);
    };
    put(record, { version: version + 1, traits });
    return () => put(before, { version, traits: traitsBefore });
  }

  /** Enters a record that another process has written, or brings it to that content and person. */
  put(
    recordId: string,
    personId: string,
    record: PatientRecord,
    state: Pick<IndexedRecord, 'version' | 'traits'>,
  ): void {
    const known = this.directory.find(recordId);
    if (known === undefined) return void this.insert(recordId, personId, record, state);
    this.update(recordId, record, record, state.traits);
    this.directory.setContent(recordId, state);
    if (known.personId !== personId) this.relink(recordId, personId);
  }

  /** Takes a record out for good. @throws RangeError when it is not there */
  remove(recordId: string): void {
    const { row } = this.entryOf(recordId);
    this.identifierUse.leave(row);
    this.index.tombstone(row);
    this.directory.remove(recordId);
  }

  /** Everything at this moment; the parts are views, valid until the next change. */
  snapshot(): IdentitySnapshot {
    const [directory, identifierUse] = [this.directory.columns(), this.identifierUse.columns()];
    return { directory, identifierUse, engine: [...this.index.snapshot()] };
  }

  /** Puts an empty index into the state of a snapshot. @throws RangeError for bytes that are no snapshot of the engine's */
  restore({ directory, identifierUse, engine }: IdentitySnapshot): void {
    if (this.size > 0) throw new RangeError('Only an empty index is restored.');
    const [bytes = new Uint8Array()] = engine.length === 1 ? engine : [Buffer.concat(engine)];
    this.index = loadMatchIndex(bytes, { population: this.config.REGION_POPULATION });
    this.directory.adopt(directory);
    this.identifierUse.adopt(identifierUse);
  }

  /** Merges a person into another that stands for itself (`faultOfMerge`). */
  redirect(personId: string, survivorId: string): Undo {
    this.survivors.set(personId, survivorId);
    const merged = this.mergedInto.get(survivorId) ?? new Set();
    this.mergedInto.set(survivorId, merged.add(personId));
    return () => void this.separate(personId);
  }

  /** Takes a merge back. @throws RangeError where there is none */
  separate(personId: string): Undo {
    const survivorId = this.survivors.get(personId);
    if (survivorId === undefined) throw new RangeError('The person is not merged.');
    this.survivors.delete(personId);
    this.mergedInto.get(survivorId)?.delete(personId);
    return () => void this.redirect(personId, survivorId);
  }

  /** Links a record to another person than before. */
  relink(recordId: string, personId: string): Undo {
    const before = this.entryOf(recordId).personId;
    this.directory.move(recordId, personId);
    this.noteTakenOff(recordId, before);
    return () => void this.relink(recordId, before);
  }

  /** Remembers that a record once belonged to a person and was taken off it. */
  noteTakenOff(recordId: string, personId: string): void {
    const records = this.takenOff.get(personId) ?? new Set();
    this.takenOff.set(personId, records.add(recordId));
  }

  has(personId: string): boolean {
    return this.directory.hasPerson(personId) || this.survivors.has(personId);
  }

  survivorOf(personId: string): string | undefined {
    return this.survivors.get(personId);
  }

  /** A person's own id, and every id that redirects to it. */
  idsOf(personId: string): readonly string[] {
    const merged = this.mergedInto.get(personId);
    if (merged === undefined || merged.size === 0) return [personId];
    return [personId, ...[...merged].flatMap((each) => this.idsOf(each))];
  }

  /** `undefined` for an id that nobody has, and for a person without a record. */
  resolve(given: string): ResolvedPerson | undefined {
    const personId = rootOf(this, given);
    const group = this.idsOf(personId);
    const records = new Set(this.recordsUnder(personId));
    if (records.size === 0) return undefined;
    const off = group.flatMap((each) => [...(this.takenOff.get(each) ?? [])]);
    return {
      personId,
      formerPersonIds: group.slice(1),
      formerRecordIds: off.filter((recordId) => !records.has(recordId)),
    };
  }

  /** The content's version and the person of a record; `undefined` for one that is not in the index. */
  stateOf(recordId: string): { readonly version: number; readonly personId: string } | undefined {
    return this.directory.find(recordId);
  }

  recordIds(): Iterable<string> {
    return this.directory.recordIds();
  }

  /** Whose a record is, once merges are followed. */
  personOf(recordId: string): string | undefined {
    const linkedTo = this.stateOf(recordId)?.personId;
    return linkedTo === undefined ? undefined : rootOf(this, linkedTo);
  }

  /** The records of a person, of everybody merged into it too. */
  recordsUnder(personId: string): readonly string[] {
    return this.rowsOf(personId).flatMap((row) => this.directory.recordIdAt(row) ?? []);
  }

  /** Those of a person's records that name somebody; none while the person is a stand-in for somebody unknown. */
  namedRecordsUnder(personId: string): readonly string[] {
    return this.recordsUnder(rootOf(this, personId)).filter(
      (recordId) => !hasTrait(this.entryOf(recordId).traits, 'temporary'),
    );
  }

  /**
   * Searches by demographics and sums the records found up to persons.
   *
   * An identifier that too many different people have is left out of the search: docs/adr/0020.
   *
   * Of a person that any record speaks for, every other record is compared too: the one that contradicts is the last that a search
   * would bring up, and the first that has to be heard.
   */
  search(given: PatientRecord): PersonSearch {
    const record = normaliseRecord(this.identifierUse.withoutCrowded(given));
    const { candidates, complete } = this.index.search(record, { limit: MOST_CANDIDATES });
    const matches = [...this.byPerson(candidates)]
      .map(([personId, found]) => this.matchOf(personId, [...found, ...this.others(record, personId, found)]))
      .sort((a, b) => b.probability - a.probability);
    return { matches, complete: complete && candidates.length < MOST_CANDIDATES };
  }

  /** How a stored record stands to a person; `undefined` where the record, or every record of the person, is gone. */
  compare(recordId: string, personId: string): PersonMatch | undefined {
    const row = this.directory.find(recordId)?.row;
    const rows = this.rowsOf(personId).filter((each) => each !== row);
    if (row === undefined || rows.length === 0) return undefined;
    return this.matchOf(personId, this.index.searchStored(row, { rows, limit: rows.length }).candidates);
  }

  /** How a content compares with what records have now, with the one it is likest to. @throws RangeError where a record is not there */
  compareContent(recordIds: readonly string[], content: PatientRecord): Candidate {
    const rows = recordIds.map((recordId) => this.entryOf(recordId).row);
    const [compared] = this.index.search(content, { rows, limit: 1 }).candidates;
    if (compared === undefined) throw new RangeError('A stored record was not compared.');
    return compared;
  }

  private entryOf(recordId: string): IndexedRecord {
    const entry = this.directory.find(recordId);
    if (entry === undefined) throw new RangeError('The record is not in the index.');
    return entry;
  }

  private matchOf(personId: string, found: readonly Candidate[]): PersonMatch {
    const rows = this.rowsOf(personId);
    const evidence = personEvidence(found, rows.length);
    const [first] = found;
    const traits = joinedTraits(rows.flatMap((row) => this.directory.traitsAt(row) ?? []));
    const recordId = first === undefined ? undefined : this.directory.recordIdAt(first.row);
    return {
      personId,
      verdict: decidePersonLink(evidence, this.rule),
      probability: personProbability(evidence),
      traits,
      recordIds: found.flatMap(({ row }) => this.directory.recordIdAt(row) ?? []),
      ...(first === undefined || recordId === undefined ? {} : { best: { ...first, recordId } }),
    };
  }

  private others(record: NormalisedRecord, personId: string, found: readonly Candidate[]): readonly Candidate[] {
    const heard = new Set(found.map(({ row }) => row));
    const rows = this.rowsOf(personId).filter((row) => !heard.has(row));
    return rows.length === 0 ? [] : this.index.search(record, { rows, limit: rows.length }).candidates;
  }

  private rowsOf(personId: string): readonly number[] {
    return this.idsOf(personId).flatMap((each) => this.directory.rowsOf(each));
  }

  private byPerson(candidates: readonly Candidate[]): Map<string, Candidate[]> {
    const byPerson = new Map<string, Candidate[]>();
    for (const candidate of candidates) {
      const linkedTo = this.directory.personIdAt(candidate.row);
      if (linkedTo === undefined) continue;
      const personId = rootOf(this, linkedTo);
      byPerson.set(personId, [...(byPerson.get(personId) ?? []), candidate]);
    }
    return byPerson;
  }
}
