import { addRecord, createRecordFile, type RecordPart } from '@hie/matching-engine';

import { extraFieldsOf, type MappedColumn, recordReader } from '../columns.js';
import { Complaint } from '../complaint.js';
import { type CsvPiece } from '../csv/csv-pieces.js';
import { type CsvShape, readRows } from '../csv/read-csv.js';

/** What to make of the rows of a file. */
export interface PackPlan {
  readonly shape: CsvShape;
  readonly mapping: readonly MappedColumn[];
  /** Place of the column of identifiers, −1 for none: then records are numbered. */
  readonly idAt: number;
  /** Place of a column to keep beside the records, −1 for none. */
  readonly besideAt: number;
  readonly side: 0 | 1;
}

/** The records of one piece of a file, packed by themselves, each with its line and its identifier. */
export interface PackedPiece {
  readonly part: RecordPart;
  /** Empty when the file has no identifiers. */
  readonly ids: readonly string[];
  readonly lines: readonly number[];
  readonly besides: readonly string[];
  readonly bytesRead: number;
}

/** A complaint is an answer as well: it is for the thread that asked to say it, once it is that piece's turn. */
export type PackAnswer =
  | { readonly packed: PackedPiece }
  | { readonly complaint: { readonly code: Complaint['code']; readonly sentence: string } };

/** Makes the reader of a plan's pieces. It keeps nothing of one piece for the next, so that it does not matter who reads which. */
export function pieceReader(plan: PackPlan): (piece: CsvPiece) => PackAnswer {
  const pack = piecePacker(plan);
  return (piece) => {
    try {
      return { packed: pack(piece) };
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      return { complaint: { code: error.code, sentence: error.message } };
    }
  };
}

function piecePacker(plan: PackPlan): (piece: CsvPiece) => PackedPiece {
  const { shape, mapping, idAt, besideAt, side } = plan;
  const read = recordReader(mapping, shape.header);
  const extraFields = extraFieldsOf(mapping);
  return (piece) => {
    const { rows, lines } = readRows(shape, piece);
    const file = createRecordFile({ capacity: rows.length, extraFields });
    const ids: string[] = [];
    const besides: string[] = [];
    for (const [i, values] of rows.entries()) {
      if (idAt >= 0) ids.push(identifierOf(plan, values, lines[i] ?? 0));
      if (besideAt >= 0) besides.push(values[besideAt] ?? '');
      addRecord(file, read(values), side);
    }
    // Without the memo of similarities, which is not in shared memory and would be copied to another thread.
    const part = { ...file, comparer: { store: file.comparer.store } };
    return { part, ids, lines, besides, bytesRead: piece.bytesRead };
  };
}

function identifierOf({ shape, idAt }: PackPlan, values: readonly string[], line: number): string {
  const id = values[idAt] ?? '';
  if (id !== '') return id;
  throw new Complaint(
    'identifier',
    `${shape.path}, line ${line}, column "${shape.header[idAt]}": the identifier is empty. Every record needs one.`,
  );
}
