import { existsSync, readFileSync, readdirSync } from 'node:fs';

import { type Resource } from '@medplum/fhirtypes';

import { type MemberPart, distribute, inventHospitals, loadBundle } from '../index.js';

const urn = (n: number): string => `urn:uuid:00000000-0000-4000-8000-00000000000${n}`;
const subject = { reference: urn(1) };
const entry = (n: number, resource: object): object => ({
  fullUrl: urn(n),
  resource: { id: `r${n}`, ...resource },
  request: { method: 'POST', url: 'x' },
});
const bundle = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    entry(1, {
      resourceType: 'Patient',
      identifier: [
        { system: 'https://generator.example', value: 'x' },
        { type: { coding: [{ code: 'SS' }] }, value: '999-10-1234' },
      ],
    }),
    entry(2, {
      resourceType: 'Encounter',
      subject,
      participant: [{ individual: { reference: 'Practitioner?identifier=npi|1', display: 'Dr. Who' } }],
    }),
    entry(3, {
      resourceType: 'MedicationRequest',
      subject,
      encounter: { reference: urn(2) },
      reasonReference: [{ reference: urn(5) }],
    }),
    entry(4, { resourceType: 'AllergyIntolerance', patient: subject }),
    entry(5, { resourceType: 'Condition', subject, encounter: { reference: urn(6) } }),
    entry(6, { resourceType: 'Encounter', subject }),
    entry(7, { resourceType: 'Claim', patient: subject }),
  ],
};

const load = (json: unknown): Extract<ReturnType<typeof loadBundle>, { kind: 'loaded' }>['person'] => {
  const outcome = loadBundle(json);
  if (outcome.kind !== 'loaded') throw new Error(outcome.kind);
  return outcome.person;
};
const types = (resources: readonly Resource[]): string[] => resources.map(({ resourceType }) => resourceType);
const references = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference ?? '');

describe('loadBundle', () => {
  it('makes references local, keeps what is clinical, and labels it as test data', () => {
    const { patient, resources } = load(bundle);
    expect(patient.id).toBe('r1');
    expect(types(resources)).toEqual([
      'Encounter',
      'MedicationRequest',
      'AllergyIntolerance',
      'Condition',
      'Encounter',
    ]);
    expect(references(resources)).not.toContainEqual(expect.stringContaining('urn:uuid'));
    expect(resources[0]).toMatchObject({
      participant: [{ individual: { display: 'Dr. Who' } }],
      meta: { security: [{ code: 'HTEST' }] },
    });
    expect(JSON.stringify(resources[0])).not.toContain('npi');
  });

  it('does not change the bundle it was given', () => {
    const before = JSON.stringify(bundle);
    load(bundle);
    expect(JSON.stringify(bundle)).toBe(before);
  });

  it.each([
    ['not-a-bundle', null],
    ['not-a-bundle', 'text'],
    ['not-a-bundle', { resourceType: 'Patient' }],
    ['not-a-bundle', { resourceType: 'Bundle', entry: {} }],
    ['no-patient', { resourceType: 'Bundle' }],
    ['no-patient', { resourceType: 'Bundle', entry: [{}, { resource: { resourceType: 'Organization' } }] }],
    [
      'several-patients',
      { resourceType: 'Bundle', entry: [entry(1, { resourceType: 'Patient' }), entry(2, { resourceType: 'Patient' })] },
    ],
  ])('says %s', (kind, json) => {
    expect(loadBundle(json).kind).toBe(kind);
  });
});

const partWith = (parts: readonly MemberPart[], type: string): MemberPart | undefined =>
  parts.find(({ resources }) => types(resources).includes(type));

describe('distribute', () => {
  const hospitals = inventHospitals(4);
  const parts = distribute(load(bundle), 0, hospitals, 1);

  it('puts allergies and medications at different hospitals, and leaves one with the demographics alone', () => {
    expect(parts).toHaveLength(4);
    const allergies = partWith(parts, 'AllergyIntolerance');
    const medications = partWith(parts, 'MedicationRequest');
    expect(allergies?.hospital).not.toBe(medications?.hospital);
    expect(types(medications?.resources ?? [])).toContain('Encounter');
    expect(parts[0]?.resources).toEqual([]);
  });

  it('gives each hospital its own number and no identifier that they would share, but for the SSN', () => {
    for (const { hospital, mrn, patient, resources } of parts) {
      expect(patient.id).toBe(mrn);
      expect(patient.identifier).toEqual([
        expect.objectContaining({ system: hospitals[hospital]?.identifierSystem, value: mrn }),
        expect.objectContaining({ value: '999-10-1234' }),
      ]);
      expect(
        references(resources).filter((reference) => reference.startsWith('Patient/') && reference !== `Patient/${mrn}`),
      ).toEqual([]);
    }
    expect(new Set(parts.map(({ mrn }) => mrn)).size).toBe(4);
  });

  it('leaves no reference to what another hospital holds', () => {
    for (const { mrn, resources } of parts) {
      const held = new Set([`Patient/${mrn}`, ...resources.map(({ resourceType, id }) => `${resourceType}/${id}`)]);
      expect(references(resources).filter((reference) => !held.has(reference))).toEqual([]);
    }
  });

  it.each([1, 2, 3, 4, 9])('loses nothing and doubles nothing over %d hospitals', (count) => {
    const all = distribute(load(bundle), 0, inventHospitals(count), 1).flatMap(({ resources }) =>
      resources.map(({ id }) => id),
    );
    expect(all.sort()).toEqual(['r2', 'r3', 'r4', 'r5', 'r6']);
  });
});

const folder = '../shared/data/synthea';
if (!existsSync(folder)) console.info(`skipped: the Synthea bundles are not at ${folder}`);
(existsSync(folder) ? describe : describe.skip)('the Synthea bundles', () => {
  const loaded = readdirSync(existsSync(folder) ? folder : '.')
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => loadBundle(JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))));

  it('are 23 people, and two bundles about nobody', () => {
    expect(loaded.filter(({ kind }) => kind === 'loaded')).toHaveLength(23);
    expect(loaded.filter(({ kind }) => kind === 'no-patient')).toHaveLength(2);
  });

  it('fall apart into hospitals so that no hospital has both the allergies and the medications of one person', () => {
    const people = loaded.flatMap((outcome) => (outcome.kind === 'loaded' ? [outcome.person] : []));
    people.forEach((person, index) => {
      const parts = distribute(person, index, inventHospitals(4), 1);
      for (const { resources } of parts) {
        const here = types(resources);
        expect(here.includes('AllergyIntolerance') && here.includes('MedicationRequest')).toBe(false);
      }
      const clinical = person.resources.filter(
        ({ resourceType }) => resourceType !== 'Organization' && resourceType !== 'Practitioner',
      );
      const given = parts.flatMap(({ resources }) =>
        resources.filter(({ resourceType }) => resourceType !== 'Organization' && resourceType !== 'Practitioner'),
      );
      expect(given).toHaveLength(clinical.length);
    });
  });
});
