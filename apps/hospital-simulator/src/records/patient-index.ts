import { type MemberRecords } from './member-records.js';

/** The columns that are indexed. */
export type PatientColumn = 'family' | 'given' | 'birthDate';

/** Finds patients by what is recorded of them; made at the first search, since most members are never asked. */
export interface PatientIndex {
  /** Patients with a word in the column that starts with the text, letter case and accents aside, as FHIR string search asks. */
  readonly startingWith: (column: PatientColumn, text: string) => readonly string[];
  /** Patients whose column holds the text anywhere. Goes through the whole column. */
  readonly containing: (column: PatientColumn, text: string) => readonly string[];
}

interface Word {
  readonly word: string;
  readonly id: string;
}

/** Letter case and accents aside. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

/** The text and the words it has after spaces and hyphens: what a prefix may start. */
export function wordsOf(text: string): readonly string[] {
  const starts = [...text.matchAll(/[\s-]+/g)].map((gap) => gap.index + gap[0].length);
  return [text, ...starts.map((start) => text.slice(start))];
}

/** The index over one member's patients: about 200 bytes a patient. */
export function patientIndex(records: MemberRecords): PatientIndex {
  const columns: Record<PatientColumn, Word[]> = { family: [], given: [], birthDate: [] };
  for (const { id, family, given, birthDate } of records.columns()) {
    for (const word of wordsOf(folded(family))) columns.family.push({ word, id });
    for (const word of wordsOf(folded(given))) columns.given.push({ word, id });
    columns.birthDate.push({ word: birthDate, id });
  }
  for (const words of Object.values(columns)) words.sort((a, b) => (a.word < b.word ? -1 : a.word > b.word ? 1 : 0));
  return {
    startingWith: (column, text) => {
      const words = columns[column];
      const wanted = folded(text);
      const found: string[] = [];
      for (let i = firstNotBelow(words, wanted); words[i]?.word.startsWith(wanted); i += 1)
        found.push(words[i]?.id ?? '');
      return found;
    },
    containing: (column, text) => {
      const wanted = folded(text);
      return columns[column].flatMap(({ word, id }) => (word.includes(wanted) ? id : []));
    },
  };
}

function firstNotBelow(words: readonly Word[], wanted: string): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle]?.word ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
