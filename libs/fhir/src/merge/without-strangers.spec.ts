// ATTACKS.md B5: what a member has mixed into a resource about the asked patient.
import { answer, allergy, order, patient, words } from './record-builders.fixture.js';
import { mergeRecords } from './merge-records.js';

const asked = {
  records: [{ system: 'urn:oid:2.999.1', value: 'MRN-1', patientId: 'p1' }],
  baseUrl: 'https://a.example/fhir/',
};
const other = patient('other', {
  identifier: [{ system: 'urn:oid:2.999.1', value: 'MRN-2' }],
  name: [{ family: 'Oyelaran' }],
});
const self = patient('self', { identifier: [{ system: 'urn:oid:2.999.1', value: 'MRN-1' }] });
const latex = (more: object) => allergy('1', words('Latex'), more);

const read = (...resources: readonly unknown[]) => mergeRecords([answer('A', resources, { patient: asked })]);
const source = (more: object) => read(latex(more)).allergies[0]?.sources[0];

describe('what is about another patient', () => {
  it.each<[string, object]>([
    ['a contained patient', { contained: [other] }],
    ['a contained patient, and a reference to it', { contained: [other], recorder: { reference: '#other' } }],
    [
      'what is contained about a contained patient',
      { contained: [other, { ...allergy('2', words('Peanut')), patient: { reference: '#other' } }] },
    ],
    [
      'what is contained about a patient who is not',
      { contained: [{ ...allergy('2', words('Peanut')), patient: { reference: 'Patient/p2' } }] },
    ],
    [
      'a contained relative of another',
      {
        contained: [
          { resourceType: 'RelatedPerson', id: 'r', patient: { reference: 'Patient/p2', display: 'Oyelaran' } },
        ],
      },
    ],
    ['a reference by id', { asserter: { reference: 'Patient/p2', display: 'Oyelaran' } }],
    ['a versioned reference', { asserter: { reference: 'Patient/p2/_history/1', display: 'Oyelaran' } }],
    [
      'the same id at another server',
      { asserter: { reference: 'https://evil.example/Patient/p1', display: 'Oyelaran' } },
    ],
    [
      'a reference by number',
      { asserter: { type: 'Patient', identifier: { system: 'urn:oid:2.999.1', value: 'MRN-2' }, display: 'Oyelaran' } },
    ],
    [
      'a reference in an extension',
      { extension: [{ url: 'urn:x', valueReference: { reference: 'Patient/p2', display: 'Oyelaran' } }] },
    ],
    [
      'a reference deep in a reaction',
      {
        reaction: [
          {
            manifestation: [words('Hives')],
            extension: [{ url: 'urn:x', valueReference: { reference: 'Patient/p2' } }],
          },
        ],
      },
    ],
  ])('goes, and the allergy stays and says so: %s', (_name, more) => {
    const left = source(more);
    expect(left?.resource.code).toEqual(words('Latex'));
    expect(left?.cautions).toEqual(['stranger-left-out']);
    expect(JSON.stringify(left?.resource)).not.toMatch(/Oyelaran|Peanut|MRN-2|p2|other|evil/);
  });

  it.each<[string, object]>([
    ['the patient as asserter', { asserter: { reference: 'Patient/p1' } }],
    ['the patient, absolute', { asserter: { reference: 'https://a.example/fhir/Patient/p1' } }],
    [
      'the patient, contained',
      { patient: { reference: '#self' }, contained: [self], asserter: { reference: '#self' } },
    ],
    [
      'a relative of the patient',
      {
        contained: [{ resourceType: 'RelatedPerson', id: 'r', patient: { reference: 'Patient/p1' } }],
        asserter: { reference: '#r' },
      },
    ],
    ['people at work', { contained: [{ resourceType: 'Practitioner', id: 'x' }], recorder: { reference: '#x' } }],
    ['who is elsewhere and no patient', { recorder: { reference: 'https://b.example/Practitioner/9' } }],
    ['lists that are empty', { note: [], extension: [] }],
  ])('does not take along %s', (_name, more) => {
    const left = source(more);
    expect(left?.resource).toEqual(latex(more));
    expect(left?.cautions).toEqual([]);
  });

  it.each<[string, object]>([
    ['an identifier that is text', { resourceType: 'Patient', id: 'me', identifier: 'x' }],
    ['an identifier that holds nothing', { resourceType: 'Patient', id: 'me', identifier: [null, 5] }],
    ['a patient that is a number', { resourceType: 'Condition', id: 'me', subject: 5, patient: { reference: 5 } }],
  ])('is no reason to fail when something contained has %s', (_name, odd) => {
    const record = read(
      latex({ contained: [odd] }),
      { ...latex({ contained: [odd], patient: { reference: '#me' } }), id: '2' },
      allergy('3', words('Peanut')),
    );
    expect(record.allergies.map(({ title }) => title).sort()).toEqual(['Latex', 'Peanut']);
    expect(record.refused).toMatchObject([{ reason: 'wrong-patient', id: '2' }]);
  });

  it('does not lend its medication: one of the same id at another server is another one', () => {
    const medication = { resourceType: 'Medication', id: 'm1', code: words('Warfarin') };
    const ordered = (reference: string) => {
      const { medicationCodeableConcept: _code, ...rest } = order('1', words('x'));
      return read(medication, { ...rest, medicationReference: { reference } }).medications[0]?.title;
    };
    expect(ordered('Medication/m1')).toBe('Warfarin');
    expect(ordered('https://a.example/fhir/Medication/m1')).toBe('Warfarin');
    expect(ordered('https://evil.example/Medication/m1')).not.toBe('Warfarin');
  });
});
