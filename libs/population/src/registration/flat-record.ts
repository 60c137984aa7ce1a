import { type RecordedDemographics } from './recorded.js';

/**
 * One record with its truth, flat and all text, as matching benchmarks want it; in the column order of {@link FLAT_RECORD_COLUMNS}.
 *
 * `person_id` is the truth and must not be given to what is being measured; `rec_id` (hospital and local number) says nothing of it.
 */
export interface FlatRecord extends RecordedDemographics {
  readonly rec_id: string;
  readonly person_id: string;
  readonly source: string;
  readonly mrn: string;
}

/** The columns of a flat record, in the order of a CSV file. */
export const FLAT_RECORD_COLUMNS = [
  'rec_id',
  'person_id',
  'source',
  'mrn',
  'given',
  'middle',
  'family',
  'suffix',
  'birthDate',
  'sex',
  'ssnLast4',
  'phone',
  'email',
  'street',
  'unit',
  'city',
  'state',
  'postalCode',
] as const satisfies readonly (keyof FlatRecord)[];

/** One line of RFC 4180 CSV without the line end; fields are quoted where they must be. */
export function csvLine(record: FlatRecord): string {
  return FLAT_RECORD_COLUMNS.map((column) => quoted(record[column])).join(',');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
