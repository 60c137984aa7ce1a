import type { Candidate, Demographics } from '@hie/contracts';
import type { Purpose } from '@hie/purpose-of-use';

import { shownDemographics } from './shown-demographics.js';

const demographics: Demographics = {
  given: ['Lucía', 'Inés'],
  family: ['Pérez', 'Romero'],
  suffix: 'III',
  furtherNames: [{ given: ['Luz'], family: 'Pérez' }],
  birthDate: '1961-11-27',
  sex: 'female',
  phones: ['617-555-0143'],
  emails: ['lucia@example.org'],
  addresses: [{ street: '64 Pleasant Street' }],
  identifiers: [{ system: 'urn:oid:2.999.1', value: 'M-1' }],
};
const shown = (grade: Candidate['grade'], purpose: Purpose) => shownDemographics({ grade, demographics }, purpose);
const nothingElse = { phones: [], emails: [], addresses: [], identifiers: [] };

describe(shownDemographics.name, () => {
  it('shows of the certain patient what the requester has to check again, and nothing else', () => {
    const whole = {
      ...nothingElse,
      given: ['Lucía', 'Inés'],
      family: ['Pérez'],
      birthDate: '1961-11-27',
      sex: 'female',
    };
    for (const purpose of ['TREAT', 'ETREAT', 'COC'] as const) expect(shown('certain', purpose)).toEqual(whole);
  });

  it.each(['probable', 'possible'] as const)(
    'shows of one who is only %s the year of birth, but in an emergency',
    (grade) => {
      const little = { ...nothingElse, given: ['Lucía'], family: ['Pérez'], birthDate: '1961', sex: 'female' };
      expect(shown(grade, 'TREAT')).toEqual(little);
      expect(shown(grade, 'COC')).toEqual(little);
      expect(shown(grade, 'ETREAT')?.birthDate).toBe('1961-11-27');
    },
  );

  it.each(['HPAYMT', 'HRESCH', 'HOPERAT', 'PATRQT'] as const)('shows nothing for %s', (purpose) => {
    expect(shown('certain', purpose)).toBeUndefined();
  });

  it('invents nothing that is not recorded', () => {
    const { birthDate: _date, sex: _sex, ...bare } = demographics;
    expect(shownDemographics({ grade: 'certain', demographics: bare }, 'TREAT')).not.toHaveProperty('birthDate');
    expect(shownDemographics({ grade: 'certain' }, 'TREAT')).toBeUndefined();
  });
});
