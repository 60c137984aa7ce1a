import type { Demographics } from '@hie/contracts';

import { hasTrait, joinedTraits, trait, traitsOf } from './record-traits.js';
import type { StoredRecord } from './stored-record.js';

const record = (given: string, family: string, over: Partial<StoredRecord> = {}): StoredRecord => {
  const names = { given: given === '' ? [] : [given], family: family === '' ? [] : [family], furtherNames: [] };
  const demographics: Demographics = { ...names, phones: [], emails: [], addresses: [], identifiers: [] };
  return { identifier: { system: 's', value: 'v' }, demographics, ...over };
};

describe(traitsOf.name, () => {
  it.each<[string, StoredRecord, number]>([
    ['John Doe', record('John', 'Doe'), trait.temporary],
    ['UNKNOWN', record('UNKNOWN', 'UNKNOWN'), trait.temporary],
    ['nobody', record('', ''), trait.temporary],
    ['a name that says it is temporary', record('Echo', 'Tango', { temporary: true }), trait.temporary],
    ['somebody', record('Lucía', 'Pérez'), 0],
    ['somebody of whom only the family name is known', record('', 'Pérez'), 0],
    ['a child not yet named', record('Baby Girl', 'Pérez'), trait.newborn],
    ['a child of nobody known', record('Baby Boy', 'Doe'), trait.newborn],
    ['somebody who has died', record('Lucía', 'Pérez', { deceased: true }), trait.deceased],
  ])('%s', (_name, given, expected) => {
    expect(traitsOf(given)).toBe(expected);
  });
});

describe(joinedTraits.name, () => {
  it('takes a person with one real name for known, and one who died anywhere for dead', () => {
    expect(joinedTraits([trait.temporary, 0])).toBe(0);
    expect(joinedTraits([trait.temporary, trait.temporary])).toBe(trait.temporary);
    expect(joinedTraits([trait.newborn, trait.newborn | trait.deceased])).toBe(trait.newborn | trait.deceased);
    expect(joinedTraits([])).toBe(0);
    expect(hasTrait(trait.newborn | trait.deceased, 'temporary')).toBe(false);
  });
});
