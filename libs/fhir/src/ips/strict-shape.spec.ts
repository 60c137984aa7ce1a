import {
  concept,
  date,
  dateTime,
  fitted,
  instant,
  integer,
  list,
  period,
  quantity,
  repeat,
  type StrictShape,
  text,
} from './strict-shape.js';

describe('fitted', () => {
  it.each<[name: string, value: unknown, shape: StrictShape, expected: unknown]>([
    ['a leap day', '2024-02-29', date, '2024-02-29'],
    ['a leap day that is none', '2023-02-29', date, undefined],
    ['a thirteenth month', '2026-13', dateTime, undefined],
    ['a year', '1990', dateTime, '1990'],
    ['an instant with a zone', '2026-01-01T06:00:00.5+02:00', dateTime, '2026-01-01T06:00:00.5+02:00'],
    ['a time without a zone', '2026-01-01T06:00:00', dateTime, undefined],
    ['a date as an instant', '2026-01-01', instant, undefined],
    ['an hour that is none', '2026-01-01T25:00:00Z', instant, undefined],
    ['blank text', ' \n', text, undefined],
    ['text with NUL', 'a\u0000', text, undefined],
    ['text with a lone surrogate', 'a\ud800', text, undefined],
    ['a fraction', 1.5, integer, undefined],
    ['more than 32 bits', 2 ** 31, integer, undefined],
    ['nothing of a list', [1, 2], list(text), undefined],
    ['a part of a list', ['a', 2], list(text), ['a']],
    [
      'a coded unit',
      { value: 1, code: 'mg', system: 'http://unitsofmeasure.org' },
      quantity,
      { value: 1, code: 'mg', system: 'http://unitsofmeasure.org' },
    ],
    [
      'a coded unit without its system (qty-3)',
      { value: 1, unit: 'mg', code: 'mg' },
      quantity,
      { value: 1, unit: 'mg' },
    ],
    ['a unit without a value', { unit: 'mg' }, quantity, undefined],
    ['a period that runs backwards (per-1)', { start: '2026-02', end: '2026-01' }, period, { start: '2026-02' }],
    ['a period of two precisions', { start: '2026', end: '2026-01-01' }, period, { start: '2026' }],
    [
      'a unit that is none of UCUM',
      { value: 1, unit: 'tab', code: 'tab', system: 'http://unitsofmeasure.org' },
      quantity,
      { value: 1, unit: 'tab' },
    ],
    ['an open period', { start: '2026-02' }, period, { start: '2026-02' }],
    ['half a frequency', { frequency: 0.5, period: 1, periodUnit: 'd' }, repeat, { period: 1, periodUnit: 'd' }],
    ['a period without a unit (tim-2)', { frequency: 1, period: 1 }, repeat, undefined],
    ['a coding without a system', { coding: [{ code: 'a' }], text: 'A' }, concept, { text: 'A' }],
    [
      'a coding of HL7 that nobody checked',
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/x', code: 'a' }] },
      concept,
      undefined,
    ],
    ['a system that is no uri', { coding: [{ system: 'not a uri', code: 'a' }] }, concept, undefined],
    ['what is not asked for', { text: 'A', extension: [{}] }, concept, { text: 'A' }],
  ])('%s', (_name, value, shape, expected) => {
    expect(fitted(value, shape)).toEqual(expected);
  });
});
