import fc from 'fast-check';

import { demographicLimits, type Demographics } from './demographics.js';
import { demographicsFromPatient } from './demographics-from-patient.js';
import { readIdentifierToken, splitOr } from './identifier-token.js';
import { patientFromDemographics } from './patient-from-demographics.js';

const read = (patient: Record<string, unknown>): Demographics => {
  const result = demographicsFromPatient({ resourceType: 'Patient', ...patient });
  if (!result.ok) throw new RangeError(result.expression);
  return result.demographics;
};

describe('demographicsFromPatient', () => {
  it('reads a whole Patient', () => {
    expect(
      read({
        name: [
          { use: 'maiden', family: 'Miller', given: ['Vera'] },
          { use: 'official', family: 'Example', given: ['Vera', 'Anne'], suffix: ['Jr.'] },
          { use: 'nickname', given: ['Vee'] },
        ],
        gender: 'female',
        birthDate: '1950-04-02',
        telecom: [
          { system: 'phone', value: '555-0100', use: 'old' },
          { system: 'phone', value: 'tel:+1-555-0199', rank: 1 },
          { system: 'email', value: 'vera@example.org' },
          { system: 'fax', value: '555-0111' },
        ],
        address: [
          { use: 'old', line: ['9 Old Road'], city: 'Springfield' },
          { use: 'home', line: ['12 Elm St', 'Apt 4'], city: 'Chicopee', state: 'MA', postalCode: '01013' },
        ],
        identifier: [{ system: 'urn:oid:2.999.1', value: 'MRN-1' }, { value: 'no system' }],
      }),
    ).toEqual({
      given: ['Vera', 'Anne'],
      family: ['Example', 'Miller'],
      suffix: 'Jr.',
      birthDate: '1950-04-02',
      sex: 'female',
      phones: ['+1-555-0199', '555-0100'],
      emails: ['vera@example.org'],
      addresses: [
        { street: '12 Elm St', unit: 'Apt 4', city: 'Chicopee', state: 'MA', postalCode: '01013' },
        { street: '9 Old Road', city: 'Springfield' },
      ],
      identifiers: [{ system: 'urn:oid:2.999.1', value: 'MRN-1' }],
      furtherNames: [
        { given: ['Vera'], family: 'Miller' },
        { given: ['Vee'], family: '' },
      ],
    });
  });

  it.each<[name: string, patient: Record<string, unknown>, expected: Partial<Demographics>]>([
    ['a name in words', { name: [{ text: 'Vera Anne Example' }] }, { given: ['Vera', 'Anne'], family: ['Example'] }],
    ['a name in words, family first', { name: [{ text: 'Example, Vera' }] }, { given: ['Vera'], family: ['Example'] }],
    ['a partial date', { birthDate: '1950-04' }, { birthDate: '1950-04' }],
    ['a sex nobody knows', { gender: 'F' }, {}],
    [
      'nulls',
      { name: [{ family: 'Example', given: [null, 'Vera'] }], birthDate: null },
      { given: ['Vera'], family: ['Example'] },
    ],
    [
      'invisible characters',
      { name: [{ family: 'Exa\u202emple', given: ['Ve\nra'] }] },
      { given: ['Ve ra'], family: ['Exa mple'] },
    ],
    ['nothing', {}, { given: [], family: [], phones: [], addresses: [] }],
  ])('%s', (_name, patient, expected) => {
    expect(read(patient)).toMatchObject(expected);
  });

  it('leaves out a birth date that is none', () => {
    expect(read({ birthDate: '04/02/1950' })).not.toHaveProperty('birthDate');
  });

  it.each<[unknown, string]>([
    [null, 'Patient'],
    [{ resourceType: 'Person' }, 'Patient'],
    [{ resourceType: 'Patient', name: 'Vera' }, 'Patient.name'],
    [{ resourceType: 'Patient', name: [{ given: 'Vera' }] }, 'Patient.name[0].given'],
    [{ resourceType: 'Patient', identifier: [{ value: 5 }] }, 'Patient.identifier[0].value'],
  ])('refuses %j at %s', (value, expression) => {
    expect(demographicsFromPatient(value)).toEqual({ ok: false, code: 'unprocessable-resource', expression });
  });

  it('reads no more than its limits, and says of what there was more', () => {
    const many = <T>(one: (at: number) => T): T[] => Array.from({ length: 500 }, (_, at) => one(at));
    const result = demographicsFromPatient({
      resourceType: 'Patient',
      name: many((at) => ({ family: `F${at}`, given: many((n) => `G${n}`).slice(0, 9) })),
      telecom: many((at) => ({ system: 'phone', value: `${at}` })),
      address: many((at) => ({ city: `C${at}` })),
      identifier: [{ system: 'urn:x', value: 'x'.repeat(257) }],
    });
    expect(result).toMatchObject({
      ok: true,
      cut: ['Patient.address', 'Patient.identifier', 'Patient.name', 'Patient.telecom'],
    });
    const { demographics } = result as { demographics: Demographics };
    expect([
      demographics.given.length,
      demographics.family.length,
      demographics.furtherNames.length,
      demographics.phones.length,
    ]).toEqual([8, 4, 8, 8]);
    expect(demographics.identifiers).toEqual([]);
  });

  it('stays bounded and calm for anything', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { resourceType: fc.constant('Patient'), name: fc.jsonValue(), telecom: fc.jsonValue() },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(value, (one) => {
        const result = demographicsFromPatient(one);
        if (!result.ok) return;
        expect(JSON.stringify(result.demographics).length).toBeLessThan(60_000);
        expect(result.demographics.given.length).toBeLessThanOrEqual(demographicLimits.given);
      }),
    );
  });
});

describe('patientFromDemographics', () => {
  it('is the way back', () => {
    const word = fc.stringMatching(/^[A-Z][a-z]{1,8}$/);
    const demographics = fc.record({
      given: fc.array(word, { minLength: 1, maxLength: 3 }),
      family: fc.array(word, { minLength: 1, maxLength: 1 }),
      suffix: word,
      birthDate: fc.constantFrom('1950', '1950-04', '1950-04-02'),
      sex: fc.constantFrom<NonNullable<Demographics['sex']>[]>('male', 'female', 'other', 'unknown'),
      phones: fc.uniqueArray(word, { maxLength: 3 }),
      emails: fc.uniqueArray(word, { maxLength: 3 }),
      addresses: fc.array(
        fc.record({ street: word, unit: word.map((one) => `Apt ${one}`), city: word, state: word, postalCode: word }),
        { maxLength: 3 },
      ),
      identifiers: fc.array(fc.record({ system: word, value: word }), { maxLength: 3 }),
      furtherNames: fc.array(
        fc.record({ given: fc.array(word, { minLength: 1, maxLength: 2 }), family: fc.constant('') }),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(demographics, (one) => {
        expect(demographicsFromPatient(patientFromDemographics(one, 'p'))).toEqual({
          ok: true,
          demographics: one,
          cut: [],
        });
      }),
    );
  });

  it('says nothing that is not known', () => {
    const nobody = { given: [], family: [], phones: [], emails: [], addresses: [], identifiers: [] };
    expect(patientFromDemographics(nobody, 'p')).toEqual({ resourceType: 'Patient', id: 'p' });
  });

  it('tells a former family name once', () => {
    const patient = patientFromDemographics({
      given: ['Vera'],
      family: ['Example', 'Miller'],
      phones: [],
      emails: [],
      addresses: [],
      identifiers: [],
      furtherNames: [{ given: ['Vera'], family: 'Miller' }],
    });
    expect(patient.name).toEqual([
      { use: 'official', family: 'Example', given: ['Vera'] },
      { use: 'old', family: 'Miller', given: ['Vera'] },
    ]);
  });
});

describe('readIdentifierToken', () => {
  it.each([
    ['urn:oid:2.999.1|MRN-1', { system: 'urn:oid:2.999.1', value: 'MRN-1' }],
    ['|MRN-1', { system: '', value: 'MRN-1' }],
    ['MRN-1', { system: undefined, value: 'MRN-1' }],
    ['urn:oid:2.999.1|', { system: 'urn:oid:2.999.1', value: '' }],
    ['urn:x|a\\|b\\,c\\\\d', { system: 'urn:x', value: 'a|b,c\\d' }],
    ['', undefined],
    ['|', undefined],
    ['a|b|c', undefined],
  ])('%j', (text, token) => {
    expect(readIdentifierToken(text)).toEqual(token);
  });

  it('splits at commas that are not escaped', () => {
    expect(splitOr('a|1,b|2\\,3,,c')).toEqual(['a|1', 'b|2\\,3', 'c']);
  });
});
