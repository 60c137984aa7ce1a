import { allergy, answer, order, patient, snomed, words } from './record-builders.fixture.js';
import { mergeRecords } from './merge-records.js';

const somebodyElse = { patient: { reference: 'Patient/p2' } };

describe('the wrong-patient guard', () => {
  const asked = {
    records: [{ system: 'urn:oid:2.999.1', value: 'MRN-1', patientId: 'p1' }],
    baseUrl: 'https://a.example/fhir/',
  };
  const reasonFor = (reference: Record<string, unknown>, more: Record<string, unknown> = {}): string | undefined => {
    const { refused, allergies } = mergeRecords([
      answer('A', [{ ...allergy('1', words('Latex')), patient: reference, ...more }], { patient: asked }),
    ]);
    return allergies.length === 1 ? undefined : refused[0]?.reason;
  };

  it.each<
    [name: string, reference: Record<string, unknown>, more: Record<string, unknown>, reason: string | undefined]
  >([
    ['relative', { reference: 'Patient/p1' }, {}, undefined],
    ['versioned', { reference: 'Patient/p1/_history/3' }, {}, undefined],
    ["absolute at the member's base", { reference: 'https://a.example/fhir/Patient/p1' }, {}, undefined],
    ['by the asked identifier', { identifier: { system: 'urn:oid:2.999.1', value: 'MRN-1' } }, {}, undefined],
    [
      'contained, with the asked identifier',
      { reference: '#me' },
      { contained: [patient('me', { identifier: [{ system: 'urn:oid:2.999.1', value: 'MRN-1' }] })] },
      undefined,
    ],
    ['another id', { reference: 'Patient/p2' }, {}, 'wrong-patient'],
    ['an id that only begins alike', { reference: 'Patient/p12' }, {}, 'wrong-patient'],
    ['the same id at another server', { reference: 'https://evil.example/fhir/Patient/p1' }, {}, 'wrong-patient'],
    ['a reference to no patient', { reference: 'Group/p1' }, {}, 'wrong-patient'],
    ['another identifier', { identifier: { system: 'urn:oid:2.999.1', value: 'MRN-2' } }, {}, 'wrong-patient'],
    ['contained, somebody else', { reference: '#me' }, { contained: [patient('me')] }, 'wrong-patient'],
    ['nobody named', { display: 'Vera Example' }, {}, 'no-subject'],
  ])('%s', (_name, reference, more, reason) => {
    expect(reasonFor(reference, more)).toBe(reason);
  });

  it('learns the id from the Patient that carries the asked identifier', () => {
    const byIdentifier = { records: [{ system: 'urn:oid:2.999.1', value: 'MRN-1' }] };
    const self = patient('p7', { identifier: [{ system: 'urn:oid:2.999.1', value: 'MRN-1' }] });
    const entry = allergy('1', words('Latex'), { patient: { reference: 'Patient/p7' } });
    const record = mergeRecords([answer('A', [entry, self], { patient: byIdentifier })]);
    expect(record.allergies).toHaveLength(1);
    expect(record.patients.map(({ resource }) => resource.id)).toEqual(['p7']);
  });

  it('refuses a Patient that was not asked for, and does not learn from it', () => {
    const record = mergeRecords([answer('A', [patient('p2'), allergy('1', words('Latex'), somebodyElse)])]);
    expect(record.allergies).toEqual([]);
    expect(record.refused.map(({ reason, resourceType, id }) => [reason, resourceType, id])).toEqual([
      ['wrong-patient', 'AllergyIntolerance', '1'],
      ['wrong-patient', 'Patient', 'p2'],
    ]);
  });

  it('still takes what is right beside what is wrong', () => {
    const record = mergeRecords([
      answer('A', [allergy('1', words('Latex'), somebodyElse), allergy('2', words('Peanut'))]),
    ]);
    expect(record.allergies.map(({ title }) => title)).toEqual(['Peanut']);
  });
});

describe('malformed resources', () => {
  it.each<[name: string, value: unknown, expected: Record<string, unknown>]>([
    ['null', null, { reason: 'malformed' }],
    ['a number', 5, { reason: 'malformed' }],
    ['a list', [], { reason: 'malformed' }],
    ['no type', {}, { reason: 'malformed', expression: 'resourceType' }],
    [
      'an id that is no text',
      { resourceType: 'AllergyIntolerance', id: 5 },
      { reason: 'malformed', expression: 'AllergyIntolerance.id' },
    ],
    [
      'a code that is text',
      { ...allergy('1', {}), code: 'penicillin' },
      { reason: 'malformed', expression: 'AllergyIntolerance.code', id: '1' },
    ],
    [
      'a coding that is text',
      { ...allergy('1', {}), code: { coding: [{ code: 'a' }, 'x'] } },
      { reason: 'malformed', expression: 'AllergyIntolerance.code.coding[1]' },
    ],
    [
      'a subject that is text',
      { ...allergy('1', {}), patient: 'Patient/p1' },
      { reason: 'malformed', expression: 'AllergyIntolerance.patient' },
    ],
    [
      'a status that is a list',
      { ...order('1', {}), status: ['active'] },
      { reason: 'malformed', expression: 'MedicationRequest.status' },
    ],
    [
      'a type that is not merged',
      { resourceType: 'Basic', id: 'b' },
      { reason: 'unsupported-type', resourceType: 'Basic', id: 'b' },
    ],
    ['a type out of the prototype', { resourceType: 'constructor' }, { reason: 'unsupported-type' }],
  ])('%s is refused, and nothing else with it', (_name, value, expected) => {
    const record = mergeRecords([answer('A', [value, allergy('ok', words('Latex'))])]);
    expect(record.allergies).toHaveLength(1);
    expect(record.refused).toEqual([expect.objectContaining({ memberName: 'A', ...expected })]);
  });

  it('refuses what is nested beyond reason, without running out of stack', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    const record = mergeRecords([answer('A', [{ ...allergy('1', words('Latex')), extension: deep }])]);
    expect(record.refused).toEqual([expect.objectContaining({ reason: 'too-large' })]);
  });

  it('refuses what is wide beyond reason', () => {
    const note = Array.from({ length: 30_000 }, () => ({ text: 'x' }));
    expect(mergeRecords([answer('A', [allergy('1', words('Latex'), { note })])]).refused).toEqual([
      expect.objectContaining({ reason: 'too-large' }),
    ]);
  });

  it('keeps an allergy whose note is malformed, without the note and with a caution', () => {
    const { allergies } = mergeRecords([
      answer('A', [{ ...allergy('1', words('Latex'), { criticality: 'high' }), note: 'text' }]),
    ]);
    expect(allergies[0]).toMatchObject({ grade: 'severe', sources: [{ cautions: ['partly-unreadable'] }] });
    expect(allergies[0]?.sources[0]?.resource.note).toBeUndefined();
  });

  it('reads null as absent', () => {
    const { allergies, refused } = mergeRecords([
      answer('A', [
        {
          ...allergy('1', snomed('91936005')),
          criticality: null,
          reaction: [null, { manifestation: null, severity: 'severe' }],
        },
      ]),
    ]);
    expect(refused).toEqual([]);
    expect(allergies[0]).toMatchObject({ grade: 'severe', title: '91936005' });
  });

  it('marks what carries a modifier that nobody here understands', () => {
    const { allergies } = mergeRecords([
      answer('A', [{ ...allergy('1', words('Latex')), modifierExtension: [{ url: 'urn:x', valueBoolean: true }] }]),
    ]);
    expect(allergies[0]?.sources[0]?.cautions).toEqual(['modifier-not-understood']);
  });

  it('repeats nothing of a refused resource but its type, its id and where it was wrong', () => {
    const secret = { resourceType: 'Vera Example', id: 'born 1950', code: 'penicillin' };
    expect(JSON.stringify(mergeRecords([answer('A', [secret])]).refused)).not.toMatch(/Vera|1950|penicillin/);
  });
});

describe('copies and versions', () => {
  it('is one source for the same content under two ids at one member', () => {
    const { allergies } = mergeRecords([
      answer('A', [
        allergy('2', words('Latex')),
        { ...allergy('1', words('Latex')), meta: { versionId: '4' }, text: { status: 'generated', div: '<div/>' } },
      ]),
    ]);
    expect(allergies[0]?.sources.map(({ provenance }) => [provenance.resource, provenance.alsoAs])).toEqual([
      ['AllergyIntolerance/1', ['AllergyIntolerance/2']],
    ]);
  });

  it('keeps the same content at two members as two sources', () => {
    const { allergies } = mergeRecords([
      answer('A', [allergy('1', words('Latex'))]),
      answer('B', [allergy('1', words('Latex'))]),
    ]);
    expect(allergies[0]?.sources).toHaveLength(2);
  });

  it('lets the newer version of a resource stand, and says that the older one went', () => {
    const version = (lastUpdated: string, criticality: 'low' | 'high'): unknown => ({
      ...allergy('1', words('Latex'), { criticality }),
      meta: { lastUpdated },
    });
    const record = mergeRecords([
      answer('A', [version('2026-01-01T00:00:00Z', 'high')]),
      answer('A', [version('2026-01-01T02:30:00+02:00', 'low')], { retrievedAt: '2026-03-01T08:00:01.000Z' }),
    ]);
    expect(record.allergies[0]).toMatchObject({ criticality: 'low' });
    expect(record.refused).toEqual([expect.objectContaining({ reason: 'superseded-version', id: '1' })]);
  });

  it('keeps both versions when nothing says which is newer', () => {
    const { allergies } = mergeRecords([
      answer('A', [
        allergy('1', words('Latex'), { criticality: 'low' }),
        allergy('1', words('Latex'), { criticality: 'high' }),
      ]),
    ]);
    expect(allergies[0]).toMatchObject({ criticality: 'high' });
    expect(allergies[0]?.sources).toHaveLength(2);
  });
});

describe('a member that may not be named', () => {
  it('still warns of an allergy, without a word that leads to it', () => {
    const entry = {
      ...allergy('secret-1', snomed('91936005', 'Allergy to penicillin'), { criticality: 'high' }),
      meta: { source: 'https://recovery.example' },
      recorder: { display: 'Dr. Doe, Recovery Clinic' },
      encounter: { reference: 'Encounter/detox' },
      note: [{ text: 'seen at Recovery Clinic' }],
      identifier: [{ system: 'https://recovery.example', value: '1' }],
      extension: [{ url: 'https://recovery.example/x', valueString: 'detox' }],
    };
    const record = mergeRecords([
      answer('Recovery Clinic', [patient('p1'), entry, { resourceType: 'Basic' }], { discloses: true }),
    ]);
    expect(record.allergies[0]).toMatchObject({ grade: 'severe', title: 'Allergy to penicillin' });
    expect(record.allergies[0]?.sources[0]?.provenance).toMatchObject({
      memberId: 'unnamed',
      memberName: 'A source that is not named',
    });
    expect(JSON.stringify(record)).not.toMatch(/recovery|detox|secret|doe/i);
  });

  it('is in the same order whichever came first, though no name and no id tells two entries apart', () => {
    const [one, other] = ['food', 'environment'].map((category) => ({ ...allergy('', {}), category: [category] }));
    const [there, back] = [
      [one, other],
      [other, one],
    ].map((resources) => mergeRecords([answer('A', resources, { discloses: true })]));
    expect(JSON.stringify(back)).toBe(JSON.stringify(there));
    expect(there?.allergies).toHaveLength(2);
  });
});
