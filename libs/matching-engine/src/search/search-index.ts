import { compareRecords } from '../compare/compare-records.js';
import { type Comparer } from '../compare/compare-rows.js';
import { type FieldDefinition, isVetoed } from '../compare/fields.js';
import { startGeneration } from '../compare/name-similarity.js';
import { markDictionary, rollbackDictionary } from '../index/dictionary.js';
import { createIndexKeyList, type IndexKeyList } from '../index/index-keys.js';
import { type Postings } from '../index/postings.js';
import { type RecordStore, versionsOf, writeRow } from '../index/record-store.js';
import { column, firstRow, flag, rowInts } from '../index/row-layout.js';
import { type CompiledModel } from '../model/match-model.js';
import {
  type Frequencies,
  logOddsOfMatch,
  scoreLevels,
  strangerCorrection,
  toPosteriors,
} from '../model/score-pair.js';
import { cannotReach, createWeightBound, type WeightBound } from '../model/weight-bound.js';
import { type NormalisedRecord } from '../normalise/normalise-record.js';
import { type Explanation, explainLevels } from './explain.js';
import { contactRoles, isCrowded } from './crowded-values.js';
import { createGatherer, type Gatherer, gatherRows } from './gather-rows.js';

export interface SearchOptions {
  /** Most candidates to return; 20. */
  readonly limit?: number;
  /** Leave out candidates below this probability; 0.01. */
  readonly minProbability?: number;
  /** Most index entries to read over all blocks; 6,000. A search that needs more is not complete. */
  readonly maxEntries?: number;
  /** Rows to leave out, such as the row of the record itself. */
  readonly except?: number;
  /** Compare with these rows alone, whatever blocks they stand in, and return each that holds a record, however improbable. */
  readonly rows?: readonly number[];
  /** Names of the blocking rules to find candidates by alone, to measure what each finds and costs; all when not given. */
  readonly byRules?: readonly string[];
}

/** A stored record that may be the same person as the query. */
export interface Candidate {
  readonly row: number;
  /** Calibrated P(same person): of candidates given 0.95, 95 in 100 are. */
  readonly probability: number;
  /** Whether the two state that they are two people (Jr beside Sr): then it is never linked by machine, whatever its probability. */
  readonly isVetoed: boolean;
  /** log₂ of the posterior odds of a match against everything else. */
  readonly weightBits: number;
  /** Posteriors of the classes of pairs; they sum to 1. "Kin" is a useful reason to show a reviewer. */
  readonly posterior: {
    readonly twin: number;
    readonly match: number;
    readonly kin: number;
    readonly namesake: number;
    readonly stranger: number;
  };
  readonly explanation: Explanation;
}

export interface SearchResult {
  /** Most probable first. */
  readonly candidates: readonly Candidate[];
  /** False when a block had to be cut short: a better candidate may be stored, so nothing found is certain. */
  readonly complete: boolean;
  /** Distinct records that were compared. */
  readonly compared: number;
}

/** What a search works on and with; the scratch is reused from search to search, so one searcher serves one thread. */
export interface Searcher {
  readonly comparer: Comparer;
  readonly fields: readonly FieldDefinition[];
  postings: Postings;
  compiled: CompiledModel;
  bound: WeightBound;
  readonly gatherer: Gatherer;
  /** For the keys of rows that are entered or taken out. */
  readonly storedKeys: IndexKeyList;
  readonly levels: Uint8Array;
  readonly scores: Float64Array;
  readonly posteriors: Float64Array;
  found: Found[];
  /** People of the region, known or not; strangers are at least so many. */
  readonly population: number;
}

interface Found {
  readonly row: number;
  readonly probability: number;
  /** Copies of the levels, and of the joint scores of the classes (natural logarithms). */
  readonly levels: Uint8Array;
  readonly scores: Float64Array;
}

export function createSearcher(
  comparer: Comparer,
  fields: readonly FieldDefinition[],
  postings: Postings,
  compiled: CompiledModel,
  population = 0,
): Searcher {
  return {
    population,
    comparer,
    fields,
    postings,
    compiled,
    bound: createWeightBound(compiled),
    gatherer: createGatherer(),
    storedKeys: createIndexKeyList(),
    levels: new Uint8Array(256),
    scores: new Float64Array(5),
    posteriors: new Float64Array(5),
    found: [],
  };
}

/**
 * Finds the stored records that may be the same person as a record that is not stored. The query is written to the scratch rows and
 * its unknown words taken back from the dictionaries afterwards, so that asking leaves nothing behind.
 */
export function searchIndex(searcher: Searcher, record: NormalisedRecord, options: SearchOptions = {}): SearchResult {
  const { store, memo } = searcher.comparer;
  const dictionaries = [store.names.dictionary, store.places, store.emails];
  const marks = dictionaries.map(markDictionary);
  const partsUsed = store.names.partsUsed;
  startGeneration(memo, store.names.dictionary.size);
  const versions = Math.min(firstRow - 1, versionsOf(record));
  const identifiersUsed = store.identifiersUsed;
  const freeIdentifier = store.freeIdentifier;
  store.freeIdentifier = 0;
  for (let version = 0; version < versions; version++) {
    writeRow(store, version + 1, 1, record, version);
    if (version > 0) store.rows[version * rowInts + column.nextVersion] = version + 1;
  }
  muteCrowded(searcher, 1);
  const result = searchRow(searcher, 1, options);
  store.identifiersUsed = identifiersUsed;
  store.freeIdentifier = freeIdentifier;
  store.names.partsUsed = partsUsed;
  dictionaries.forEach((dictionary, i) => rollbackDictionary(dictionary, marks[i] as { size: number }));
  return result;
}

/** Finds the stored records that may be the same person as a stored one, without itself: with a copy in the scratch rows. */
export function searchStored(searcher: Searcher, record: number, options: SearchOptions = {}): SearchResult {
  const { rows } = searcher.comparer.store;
  const { extras, extraNames } = searcher.comparer.store;
  let to = 0;
  for (let row = record; row !== 0 && to < firstRow - 1; row = rows[row * rowInts + column.nextVersion] as number) {
    if (((rows[row * rowInts + column.flags] as number) & flag.continued) !== 0) continue;
    if (to > 0) rows[to * rowInts + column.nextVersion] = to + 1;
    to++;
    rows.copyWithin(to * rowInts, row * rowInts, (row + 1) * rowInts);
    extras.copyWithin(to * extraNames.length, row * extraNames.length, (row + 1) * extraNames.length);
    rows[to * rowInts + column.nextVersion] = 0;
    rows[to * rowInts + column.owner] = 1;
  }
  muteCrowded(searcher, 1);
  return searchRow(searcher, 1, { except: record, ...options });
}

/** Takes out of the query what too many different people share. */
function muteCrowded({ comparer: { store }, postings }: Searcher, row: number): void {
  const { rows } = store;
  for (let version = row; version !== 0; version = rows[version * rowInts + column.nextVersion] as number) {
    for (const role of contactRoles) {
      const at = version * rowInts + column[role];
      if (rows[at] !== 0 && isCrowded(store, postings, role, rows[at] as number)) rows[at] = 0;
    }
  }
}

/** Records assumed beside the stored ones while the index is smaller than its region (`Frequencies.expected`). */
const expectedRecords = 2_000;

function frequenciesOf({ comparer: { store }, population }: Searcher, records: number): Frequencies {
  if (records >= population) return { store, shares: undefined, logRecords: Math.log(records) };
  const logRecords = Math.log(records + expectedRecords);
  return { store, shares: undefined, logRecords, expected: expectedRecords };
}

/** The same for scratch rows that are written already. */
function searchRow(searcher: Searcher, row: number, options: SearchOptions = {}): SearchResult {
  const { comparer, compiled, fields, levels, scores, posteriors } = searcher;
  const { store } = comparer;
  const records = Math.max(2, store.live);
  const frequencies = frequenciesOf(searcher, records);
  const logStrangers = Math.log(Math.max(records, searcher.population) - 1);
  const minProbability = options.rows === undefined ? (options.minProbability ?? 0.01) : 0;
  const except = options.except ?? row;
  let compared = 0;
  searcher.found = [];
  const leastLogOdds = Math.log(minProbability / (1 - minProbability));
  const bound = searcher.bound;
  const visit = (candidate: number): void => {
    compared++;
    if (cannotReach(bound, comparer, compiled, frequencies, row, candidate, logStrangers, leastLogOdds)) return;
    compareRecords(comparer, row, candidate, levels, 0);
    scoreLevels(compiled, levels, 0, fields.length, frequencies, row, candidate, logStrangers, scores);
    posteriors.set(scores);
    const probability = toPosteriors(posteriors);
    if (probability < minProbability) return;
    searcher.found.push({
      row: candidate,
      probability,
      levels: levels.slice(0, fields.length),
      scores: scores.slice(),
    });
  };
  let complete = false;
  if (options.rows === undefined) {
    const { maxEntries = 6000, byRules } = options;
    const gathered = gatherRows(searcher.gatherer, store, searcher.postings, row, maxEntries, except, byRules);
    complete = gathered.complete;
    for (let i = 0; i < gathered.count; i++) visit(searcher.gatherer.rows[i] as number);
  } else {
    recordsOf(store, options.rows, except).forEach(visit);
  }
  const best = searcher.found
    .sort((a, b) => b.probability - a.probability || a.row - b.row)
    .slice(0, options.limit ?? 20);
  return {
    candidates: best.map((found) => describe(searcher, row, found, frequencies, logStrangers)),
    complete,
    compared,
  };
}

/** The records that the rows asked for belong to, each once, without those that are gone. */
function recordsOf({ rows }: RecordStore, asked: readonly number[], except: number): number[] {
  const records = asked
    .map((row) => rows[row * rowInts + column.owner] ?? 0)
    .filter(
      (row) => row >= firstRow && row !== except && ((rows[row * rowInts + column.flags] ?? 0) & flag.gone) === 0,
    );
  return [...new Set(records)];
}

/** Tells of a found record. Why it was found is put into words when it is asked for: most callers ask of one candidate, or of none. */
function describe(
  { compiled, fields }: Searcher,
  row: number,
  { row: candidate, probability, levels, scores }: Found,
  frequencies: Frequencies,
  logStrangers: number,
): Candidate {
  const correction = strangerCorrection(compiled, levels, 0, frequencies, row, candidate);
  const posteriors = scores.slice();
  toPosteriors(posteriors);
  let explanation: Explanation | undefined;
  return {
    row: candidate,
    probability,
    isVetoed: isVetoed(levels),
    weightBits: logOddsOfMatch(scores) / Math.LN2,
    posterior: {
      match: probability,
      kin: posteriors[1] ?? 0,
      twin: posteriors[2] ?? 0,
      namesake: posteriors[3] ?? 0,
      stranger: posteriors[4] ?? 0,
    },
    get explanation() {
      return (explanation ??= explainLevels(compiled, fields, levels, posteriors, logStrangers, correction));
    },
  };
}
