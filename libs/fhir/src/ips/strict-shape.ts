import { isUcumUnit } from './ucum-unit.js';

/** The shape a value must have to stand in a valid FHIR R4 resource. What does not fit is left out, not repaired. */
export type StrictShape =
  | { readonly is: (value: unknown) => boolean }
  | { readonly list: StrictShape }
  /** The first that fits. */
  | { readonly anyOf: readonly StrictShape[] }
  | {
      readonly fields: Readonly<Record<string, StrictShape>>;
      readonly required: readonly string[];
      /** An invariant over its members. */
      readonly holds?: (value: Readonly<Record<string, unknown>>) => boolean;
    };

type Fields = Readonly<Record<string, StrictShape>>;

export const list = (of: StrictShape): StrictShape => ({ list: of });
export const object = (fields: Fields, ...required: string[]): StrictShape => ({ fields, required });
const matching = (pattern: RegExp): StrictShape => ({
  is: (value) => typeof value === 'string' && pattern.test(value) && value.isWellFormed(),
});

export const oneOf = (codes: string): StrictShape => {
  const allowed = new Set<unknown>(codes.split(' '));
  return { is: (value) => allowed.has(value) };
};

// Primitive types of https://hl7.org/fhir/R4/datatypes.html.
export const boolean: StrictShape = { is: (value) => typeof value === 'boolean' };
export const decimal: StrictShape = { is: (value) => Number.isFinite(value) };
export const integer: StrictShape = { is: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 };
const positiveInt: StrictShape = {
  is: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31,
};
const nonNegative: StrictShape = { is: (value) => Number.isFinite(value) && (value as number) >= 0 };
/** No control characters but tab, line feed and carriage return, and something to read. */
export const text: StrictShape = matching(/^(?=[^]*\S)[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]{1,10000}$/);
const code: StrictShape = matching(/^\S+(?: \S+)*$/);
const uri: StrictShape = matching(/^(?:https?:\/\/|urn:)[^\s<>"{}|\\^`]+$/);

const DATE = /^\d{4}(?:-\d\d(?:-\d\d)?)?$/;
const INSTANT =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;
/** A day that there is: the last of a month is the day before the first of the next. */
function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !DATE.test(value)) return false;
  const [year = 0, month = 1, day = 1] = value.split('-').map(Number);
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
const isInstant = (value: unknown): boolean => typeof value === 'string' && isDate(INSTANT.exec(value)?.[1]);
export const date: StrictShape = { is: isDate };
export const instant: StrictShape = { is: isInstant };
export const dateTime: StrictShape = { is: (value) => isDate(value) || isInstant(value) };

const UCUM = 'http://unitsofmeasure.org';
/** Systems of which a validator knows every code: a code outside them is an error, so they are only taken where the codes are checked. */
const KNOWN_BY_HEART = /^http:\/\/(?:terminology\.hl7\.org\/|hl7\.org\/fhir\/(?!sid\/)|unitsofmeasure\.org)/;
const foreignSystem: StrictShape = {
  is: (value) => fitted(value, uri) !== undefined && !KNOWN_BY_HEART.test(String(value)),
};
const coding = object({ system: foreignSystem, code, display: text }, 'system', 'code');
export const concept = object({ coding: list(coding), text });
export const identifier = object({ system: uri, value: text }, 'value');
const measured = { value: decimal, comparator: oneOf('< <= >= >'), unit: text } as const satisfies Fields;
/** qty-3: a coded unit needs its system; one that is no certain unit stays in words. */
export const quantity: StrictShape = {
  anyOf: [
    object({ ...measured, system: oneOf(UCUM), code: { is: isUcumUnit } }, 'value', 'system', 'code'),
    object(measured, 'value'),
  ],
};
/**
 * per-1: it does not end before it starts. FHIRPath can't compare two times of different precision, so a period of a year and a day keeps
 * its start alone.
 */
export const period: StrictShape = {
  anyOf: [
    {
      fields: { start: dateTime, end: dateTime },
      required: ['start', 'end'],
      holds: ({ start, end }) =>
        String(start).split(/[-T]/).length === String(end).split(/[-T]/).length &&
        Date.parse(String(start)) <= Date.parse(String(end)),
    },
    object({ start: dateTime }, 'start'),
    object({ end: dateTime }, 'end'),
  ],
};
export const reference = object({ reference: text, display: text }, 'reference');
export const annotation = object({ text }, 'text');
/** tim-2, tim-5: how often, where both the number and its unit are there. */
export const repeat = object(
  { frequency: positiveInt, period: nonNegative, periodUnit: oneOf('s min h d wk mo a') },
  'period',
  'periodUnit',
);

/** A concept of one HL7 code system, reduced to its code: displays of known systems are checked word for word. */
export const codeOf = (system: string, codes: string): StrictShape =>
  object({ coding: list(object({ system: oneOf(system), code: oneOf(codes) }, 'system', 'code')) }, 'coding');

/**
 * The part of `value` that fits, or `undefined` when nothing does. An object fits when its required members do, its invariant holds and
 * anything is left; a list when one of its members does.
 */
export function fitted(value: unknown, shape: StrictShape): unknown {
  if (value === undefined || value === null) return undefined;
  if ('is' in shape) return shape.is(value) ? value : undefined;
  if ('anyOf' in shape) return shape.anyOf.map((one) => fitted(value, one)).find((one) => one !== undefined);
  if ('list' in shape) {
    const kept = (Array.isArray(value) ? (value as unknown[]) : [])
      .map((one) => fitted(one, shape.list))
      .filter((one) => one !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.fields)) {
    const fit = fitted((value as Record<string, unknown>)[name], member);
    if (fit !== undefined) kept[name] = fit;
  }
  const isWhole = shape.required.every((name) => kept[name] !== undefined) && (shape.holds?.(kept) ?? true);
  return isWhole && Object.keys(kept).length > 0 ? kept : undefined;
}
