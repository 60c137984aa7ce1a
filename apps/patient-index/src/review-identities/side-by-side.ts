import type { Demographics } from '@hie/contracts';

import type { DemographicsOverTime } from '../identity-store/former-values.js';

/** One field of two records, side by side. */
export interface FieldDifference {
  readonly field: keyof Demographics;
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** `same`: the same values. `missing`: not recorded on a side, which says nothing. */
  readonly stands: 'same' | 'shared' | 'different' | 'missing';
}

const FIELDS = [
  'given',
  'family',
  'suffix',
  'furtherNames',
  'birthDate',
  'sex',
  'addresses',
  'phones',
  'emails',
  'identifiers',
] as const satisfies readonly (keyof Demographics)[];

/** Two records' demographics side by side, former values too, every field that is recorded on a side. What they weigh, the review's bits say. */
export function sideBySide(left: DemographicsOverTime, right: DemographicsOverTime): FieldDifference[] {
  return FIELDS.flatMap((field) => {
    const [a, b] = [textsOf(left[field]), textsOf(right[field])];
    return a.length + b.length === 0 ? [] : [{ field, left: a, right: b, stands: standing(a, b) }];
  });
}

function standing(left: readonly string[], right: readonly string[]): FieldDifference['stands'] {
  if (left.length === 0 || right.length === 0) return 'missing';
  const [a, b] = [left, right].map((texts) => new Set(texts.map(plain))) as [Set<string>, Set<string>];
  const shared = [...a].filter((text) => b.has(text)).length;
  if (shared === a.size && shared === b.size) return 'same';
  return shared > 0 ? 'shared' : 'different';
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

function textsOf(value: DemographicsOverTime[keyof Demographics]): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => (typeof one === 'string' ? one : partsOf(one)));
}

/** An address, a name or an identifier as one line. */
const partsOf = (value: unknown): string =>
  Object.values(value as Readonly<Record<string, string | readonly string[] | undefined>>)
    .flatMap((part) => part ?? [])
    .filter((part) => part !== '')
    .join(' ');
