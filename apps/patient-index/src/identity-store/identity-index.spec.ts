import type { PatientRecord } from '@hie/matching-engine';

import { IdentityIndex } from './identity-index.js';

/** One name, one birth date, one sex: what two desks were told. */
const desk: PatientRecord = { names: [{ given: 'Maria', family: 'Garcia' }], birthDates: ['1985-05-05'], sex: 'F' };
const withDetails = (middle: string, street: string, postalCode: string, ssn: string): PatientRecord => ({
  ...desk,
  names: [{ given: 'Maria', middle, family: 'Garcia' }],
  addresses: [{ street, postalCode }],
  nationalIds: [ssn],
});
const elena = withDetails('Elena', '64 Pleasant Street', '01852', '3141');
const teresa = withDetails('Teresa', '1109 Union Avenue', '02909', '9265');

function indexOf(...people: readonly (readonly [recordId: string, personId: string, record: PatientRecord])[]) {
  const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
  for (const entry of people) index.insert(...entry);
  return index;
}

describe(IdentityIndex.name, () => {
  it('hears the record of a person that contradicts, although a search alone would not bring it up', () => {
    const index = indexOf(['desk', 'maria', desk], ['elena', 'maria', elena]);
    const [match] = index.search(teresa).matches;
    expect(match?.personId).toBe('maria');
    expect(match?.recordIds).toEqual(['desk', 'elena']);
    expect(match?.verdict).toBe('review');
  });

  it('links a record that all records of a person speak for', () => {
    const index = indexOf(['desk', 'maria', desk], ['elena', 'maria', elena]);
    expect(index.search(elena).matches[0]).toMatchObject({ personId: 'maria', verdict: 'link' });
  });

  it('takes an insertion back', () => {
    const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
    index.insert('elena', 'maria', elena)();
    expect(index.search(elena).matches).toEqual([]);
    expect(index.personOf('elena')).toBeUndefined();
    expect(index.resolve('maria')).toBeUndefined();
  });
});
