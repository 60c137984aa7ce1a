import { type Resource } from '@medplum/fhirtypes';

import { storedResource } from '../records/chart-cache.js';
import { matches } from './matches.js';
import { isFault, parseSearch } from './search-query.js';
import { satisfies, timeRangeOf } from './time-range.js';

const ms = (text: string): number => Date.parse(text);

describe('timeRangeOf', () => {
  it.each([
    ['2024', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['2024-02', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2024-12-31T23:59Z', '2024-12-31T23:59:00Z', '2025-01-01T00:00:00Z'],
    ['2024-06-30T10:00:00+02:00', '2024-06-30T08:00:00Z', '2024-06-30T08:00:01Z'],
  ])('%s is from %s to %s', (text, start, end) => {
    expect(timeRangeOf(text)).toEqual({ start: ms(start), end: ms(end) });
  });

  it.each(['', '24', '2024-13', '2023-02-29', '2024-01-01T25:00Z', 'yesterday', '2024-00', '2024-1-1'])(
    'refuses %p',
    (text) => {
      expect(timeRangeOf(text)).toBeUndefined();
    },
  );
});

describe('satisfies', () => {
  const year = timeRangeOf('2024')!;
  const day = timeRangeOf('2024-06-30')!;
  const after = timeRangeOf('2025-01-01')!;
  it.each([
    ['eq', day, year, true],
    ['eq', year, day, false],
    ['ne', day, year, false],
    ['gt', after, year, true],
    ['gt', day, year, false],
    ['ge', day, day, true],
    ['lt', day, after, true],
    ['le', after, after, true],
    ['sa', after, year, true],
    ['sa', day, year, false],
    ['eb', day, after, true],
    ['ap', year, day, true],
  ] as const)('%s of %p and %p', (prefix, resource, searched, expected) => {
    expect(satisfies(prefix, resource, searched)).toBe(expected);
  });
});

describe('a search', () => {
  const allergy = storedResource(
    {
      resourceType: 'AllergyIntolerance',
      id: 'a-1',
      meta: { lastUpdated: '2024-06-30T12:00:00Z', security: [{ system: 'http://x/act', code: 'HTEST' }] },
      clinicalStatus: { coding: [{ system: 'http://x/clinical', code: 'active' }] },
      code: {
        coding: [
          { system: 'http://x/rxnorm', code: '7980' },
          { system: 'http://x/snomed', code: '91936005' },
        ],
      },
      patient: { reference: 'Patient/12' },
      recordedDate: '2015-08-23',
    } as Resource,
    'https://h/fhir',
  );
  const found = (type: string, query: string, resource = allergy): boolean | string => {
    const parsed = parseSearch(type, new URLSearchParams(query));
    return isFault(parsed) ? parsed.code : matches(resource, parsed.criteria);
  };

  it.each<[string, boolean | string]>([
    ['code=7980', true],
    ['code=http://x/rxnorm|7980', true],
    ['code=http://x/snomed|7980', false],
    ['code=http://x/snomed|', true],
    ['code=980', false],
    ['code=|7980', false],
    ['code=1,7980', true],
    ['code=7980&code=91936005', true],
    ['code=7980&code=1', false],
    ['code:not=7980', false],
    ['clinical-status=active', true],
    ['clinical-status=act', false],
    ['patient=12', true],
    ['patient=Patient/12', true],
    ['patient=2', false],
    ['date=2015', true],
    ['date=gt2015-08-23', false],
    ['date=ge2015-08-23&date=le2015-12', true],
    ['_security=HTEST', true],
    ['_lastUpdated=sa2024-06-29', true],
    ['date=soon', 'invalid-value'],
    ['_count=-1', 'invalid-value'],
    ['code=', 'invalid-value'],
    ['patient:missing=true', 'unsupported-modifier'],
    [`code=${Array.from({ length: 101 }, (_, i) => i).join(',')}`, 'invalid-value'],
  ])('%s', (query, expected) => {
    expect(found('AllergyIntolerance', query)).toBe(expected);
  });

  const patient = storedResource(
    {
      resourceType: 'Patient',
      id: '12',
      name: [{ family: 'García López', given: ['José', 'Luis'] }],
      birthDate: '1985-05-05',
    } as Resource,
    'https://h/fhir',
  );
  it.each<[string, boolean]>([
    ['family=garcia', true],
    ['family=GARC', true],
    ['family=lopez', true],
    ['family=arc', false],
    ['family:contains=arc', true],
    ['family:exact=garcía lópez', true],
    ['family:exact=garcia', false],
    ['name=luis', true],
    ['given=jose&birthdate=1985-05', true],
    ['given=jose&birthdate=1986', false],
  ])('of patients: %s', (query, expected) => {
    expect(found('Patient', query, patient)).toBe(expected);
  });

  it('understands escaped commas', () => {
    const parsed = parseSearch('Patient', new URLSearchParams('family=a\\,b,c'));
    expect(isFault(parsed) ? [] : parsed.criteria[0]?.values).toEqual(['a,b', 'c']);
  });

  it('never gives more than 500 a page, and remembers what it did not know', () => {
    expect(parseSearch('Patient', new URLSearchParams('_count=1000000000&x=1'))).toMatchObject({
      code: 'invalid-value',
    });
    expect(parseSearch('Patient', new URLSearchParams('_count=99999&x=1'))).toMatchObject({
      count: 500,
      ignored: ['x'],
    });
    expect(parseSearch('Patient', new URLSearchParams('_count=0'))).toMatchObject({ countOnly: true });
  });
});
