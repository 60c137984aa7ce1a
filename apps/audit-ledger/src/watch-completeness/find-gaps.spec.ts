import { type ChainEntry, findGaps } from './find-gaps.js';

/** The entries of one query as services write them: each rests on what the one before gave away. */
const query = (txn: string, from = 0): readonly ChainEntry[] => [
  { index: from, txn, action: 'query.requested', seals: [`${txn}-q`] },
  { index: from + 1, txn, action: 'patient.identified', seals: [`${txn}-q`, `${txn}-p`] },
  { index: from + 2, txn, action: 'disclosure.decided', seals: [`${txn}-p`, `${txn}-d`] },
  { index: from + 3, txn, action: 'records.located', seals: [`${txn}-d`, `${txn}-l`] },
  { index: from + 4, txn, action: 'answer.assembled', seals: [`${txn}-l`, `${txn}-critical`, `${txn}-observed`] },
  { index: from + 5, txn, action: 'answer.assembled', seals: [`${txn}-l`, `${txn}-complete`] },
];
const without = (action: string) => [...query('a').filter((entry) => entry.action !== action), ...query('b', 10)];

it('finds nothing where every step was told', () => {
  expect(findGaps([...query('a'), ...query('b', 6)])).toEqual([]);
});

it('minds neither the order of the entries nor a query that is still under way', () => {
  expect(findGaps([...query('a')].reverse())).toEqual([]);
  for (let told = 0; told <= 6; told += 1) expect(findGaps(query('a').slice(0, told))).toEqual([]);
});

it.each([
  ['query.requested', 1, 'gateway'],
  ['patient.identified', 2, 'patient-index'],
  ['disclosure.decided', 3, 'consent'],
  ['records.located', 4, 'record-locator'],
])('finds a suppressed %s by the entry that rests on it', (missing, index, service) => {
  expect(findGaps(without(missing))).toEqual([{ txn: 'a', index, missing, service }]);
});

it('finds an answer whose whole way was suppressed', () => {
  const gaps = findGaps(query('a').slice(4));
  expect(gaps).toEqual([{ txn: 'a', index: 4, missing: 'records.located', service: 'record-locator' }]);
});

it('is not content with a step of another transaction, of another kind, or on another message', () => {
  const located = query('a')[3] as ChainEntry;
  for (const other of [
    { ...located, txn: 'b' },
    { ...located, action: 'disclosure.decided' },
    { ...located, seals: ['a-d', 'another'] },
    // Was given what it should have given away.
    { ...located, seals: ['a-l', 'another'] },
  ]) {
    const entries = query('a').map((entry) => (entry === located || entry.index === 3 ? other : entry));
    expect(findGaps(entries)).toContainEqual({
      txn: 'a',
      index: 4,
      missing: 'records.located',
      service: 'record-locator',
    });
  }
});
