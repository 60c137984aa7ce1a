import type { DemographicsOverTime } from '../identity-store/former-values.js';
import { sideBySide } from './side-by-side.js';

const nobody: DemographicsOverTime = {
  given: [],
  family: [],
  birthDate: [],
  furtherNames: [],
  phones: [],
  emails: [],
  addresses: [],
  identifiers: [],
};

describe(sideBySide.name, () => {
  it('shows what is recorded, and how the two stand to each other', () => {
    const left: DemographicsOverTime = {
      ...nobody,
      given: ['Lucía', 'Inés'],
      family: ['Pérez'],
      birthDate: ['1961-11-27', '1961-11-28'],
      sex: 'female',
    };
    const right = { ...nobody, given: ['lucía'], family: ['PÉREZ'], birthDate: ['1961-11-28'] };
    const shown = sideBySide(left, right);
    expect(shown).toEqual([
      { field: 'given', left: ['Lucía', 'Inés'], right: ['lucía'], stands: 'shared' },
      { field: 'family', left: ['Pérez'], right: ['PÉREZ'], stands: 'same' },
      { field: 'birthDate', left: ['1961-11-27', '1961-11-28'], right: ['1961-11-28'], stands: 'shared' },
      { field: 'sex', left: ['female'], right: [], stands: 'missing' },
    ]);
  });

  it('writes an address and an identifier as one line', () => {
    const addresses = [{ street: '64 Pleasant Street', city: 'Lowell' }];
    const identifiers = [{ system: 'urn:oid:2.999', value: 'A-1' }];
    const [address, identifier] = sideBySide({ ...nobody, addresses, identifiers }, { ...nobody, addresses });
    expect(address).toMatchObject({ left: ['64 Pleasant Street Lowell'], stands: 'same' });
    expect(identifier).toMatchObject({ left: ['urn:oid:2.999 A-1'], stands: 'missing' });
  });
});
