import { readDateRange } from './date-range.js';

const ms = (text: string): number => Date.parse(text);

describe('readDateRange', () => {
  it.each<[string, string, string]>([
    ['2026', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2026-02', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['2026-12', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['eq2026-01-02', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'],
    ['2026-01-02T10:20Z', '2026-01-02T10:20:00Z', '2026-01-02T10:21:00Z'],
    ['2026-01-02T10:20:30+01:00', '2026-01-02T09:20:30Z', '2026-01-02T09:20:31Z'],
    ['2026-01-02T10:20:30.5-05:30', '2026-01-02T15:50:30.5Z', '2026-01-02T15:50:30.501Z'],
  ])('reads %s as the whole of what it names', (text, from, before) => {
    expect(readDateRange(text)).toEqual({ fromMs: ms(from), beforeMs: ms(before) });
  });

  // The prefixes at the edges of one day: `gt` begins where the day ends, `lt` ends where it begins.
  it.each<[string, number, number]>([
    ['ge2026-01-02', ms('2026-01-02T00:00:00Z'), Infinity],
    ['gt2026-01-02', ms('2026-01-03T00:00:00Z'), Infinity],
    ['le2026-01-02', -Infinity, ms('2026-01-03T00:00:00Z')],
    ['lt2026-01-02', -Infinity, ms('2026-01-02T00:00:00Z')],
  ])('reads %s', (text, fromMs, beforeMs) => {
    expect(readDateRange(text)).toEqual({ fromMs, beforeMs });
  });

  it.each([
    ...[
      '',
      '26',
      '2026-13',
      '2026-02-30',
      '2026-00-01',
      '2026-1-2',
      '2026-01-02T10:20',
      '2026-01-02T24:00Z',
      'ne2026',
      'ap2026',
    ],
    ...['2026-01-02T10:60Z', '2026-01-02T10:20:60Z', ' 2026', '2026-01-02T10Z', 'GE2026', '2026-01-02T10:20:30.Z'],
  ])('refuses %j', (text) => {
    expect(readDateRange(text)).toBeUndefined();
  });
});
