import { appendRecords, createRecordFile, type RecordFile } from '@hie/matching-engine';

import { extraFieldsOf, guessMap, type MappedColumn, parseMap } from '../columns.js';
import { Complaint } from '../complaint.js';
import { type CsvFile, openCsv } from '../csv/read-csv.js';
import { compact, startProgress } from '../progress.js';
import { packPieces } from './pack-pieces.js';
import { type PackPlan } from './pack-records.js';

/** Records of one or two CSV files, packed, with the identifiers that their sources gave them. */
export interface LoadedRecords {
  readonly file: RecordFile;
  /** Identifier of each record, by number. */
  readonly ids: readonly string[];
  readonly mapped: readonly MappedColumn[];
  /** Extra columns read beside, by record: the truth, for `evaluate`. */
  readonly beside: readonly string[];
}

export interface LoadOptions {
  readonly paths: readonly string[];
  readonly map?: string | undefined;
  /** A column to keep beside the records, not compared. */
  readonly beside?: string | undefined;
}

/**
 * Reads the files into memory, packed to about a hundred bytes a record.
 *
 * @throws Complaint when a file is not well-formed, columns are missing or an identifier stands twice, naming file, line and column.
 */
export async function loadRecords({ paths, map, beside }: LoadOptions): Promise<LoadedRecords> {
  const opened: CsvFile[] = [];
  for (const path of paths) opened.push(await openCsv(path));
  const mappings = opened.map((csv) => chooseMap(csv, map));
  const mapped = mappings[0] ?? [];
  const bytes = opened.reduce((sum, csv) => sum + csv.bytes, 0);
  const file = createRecordFile({ capacity: Math.ceil(bytes / 90), extraFields: extraFieldsOf(mapped) });
  const ids: string[] = [];
  const besides: string[] = [];
  const progress = startProgress('read', bytes, 'bytes');
  let before = 0;
  for (const [side, csv] of opened.entries()) {
    const plan = planOf(csv, mappings[side] ?? [], side === 1 ? 1 : 0, beside);
    const seen = new Map<string, number>();
    for await (const { part, ids: given, lines, besides: kept, bytesRead } of packPieces(csv.pieces, plan, csv.bytes)) {
      for (const [i, line] of lines.entries()) ids.push(newIdentifier(plan, seen, given[i], line));
      for (const value of kept) besides.push(value);
      appendRecords(file, part);
      progress.update(before + bytesRead);
    }
    before += csv.bytes;
  }
  progress.finish(`${compact(file.size)} records`);
  if (file.size < 2)
    throw new Complaint('csv', `${paths.join(' and ')}: fewer than two records, so there is nothing to compare.`);
  return { file, ids, mapped, beside: besides };
}

function planOf(csv: CsvFile, mapping: readonly MappedColumn[], side: 0 | 1, beside: string | undefined): PackPlan {
  const { path, header, delimiter } = csv;
  const idColumn = mapping.find(({ field }) => field === 'id')?.columns[0];
  return {
    shape: { path, header, delimiter },
    mapping,
    idAt: idColumn === undefined ? -1 : header.indexOf(idColumn),
    besideAt: beside === undefined ? -1 : columnAt(csv, beside),
    side,
  };
}

/** The identifier of a record, its number when the file has none. @throws Complaint when another record of the file has it. */
function newIdentifier(
  { shape, idAt }: PackPlan,
  seen: Map<string, number>,
  given: string | undefined,
  line: number,
): string {
  const id = given ?? String(seen.size + 1);
  const earlier = seen.get(id);
  if (earlier !== undefined) {
    throw new Complaint(
      'identifier',
      `${shape.path}, line ${line}, column "${shape.header[idAt]}": the identifier "${id}" stands on line ${earlier} already. Identifiers must differ.`,
    );
  }
  seen.set(id, line);
  return id;
}

function chooseMap(csv: CsvFile, map: string | undefined): readonly MappedColumn[] {
  const chosen = map === undefined ? guessMap(csv.header) : parseMap(map, csv.header);
  const withId = chosen.some(({ field }) => field === 'id')
    ? chosen
    : [...guessMap(csv.header).filter(({ field }) => field === 'id'), ...chosen];
  if (!withId.some(({ field }) => field !== 'id' && field !== 'source')) {
    throw new Complaint(
      'column',
      `${csv.path}: no column is known by its name. Say with --map which is which, as in --map given=first,family=last. The file has: ${csv.header.join(', ')}.`,
    );
  }
  if (map === undefined)
    process.stderr.write(
      `columns: ${withId.map(({ field, columns }) => `${field}=${columns.join('+')}`).join(', ')}\n`,
    );
  return withId;
}

function columnAt(csv: CsvFile, name: string): number {
  const at = csv.header.indexOf(name);
  if (at < 0) throw new Complaint('column', `${csv.path} has no column "${name}". It has: ${csv.header.join(', ')}.`);
  return at;
}
