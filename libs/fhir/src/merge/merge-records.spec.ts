import {
  allergy,
  allergyStatus,
  answer,
  order,
  problem,
  rxnorm,
  snomed,
  verified,
  words,
} from './record-builders.fixture.js';
import { mergeRecords } from './merge-records.js';

const anaphylaxis = { reaction: [{ manifestation: [snomed('39579001', 'Anaphylaxis')], severity: 'severe' as const }] };

describe('mergeRecords: allergies', () => {
  it('is one item for one substance class in several codings, with every source and its coding kept', () => {
    const { allergies } = mergeRecords([
      answer('St. Mary', [
        allergy('a1', snomed('91936005', 'Allergy to penicillin'), { criticality: 'high', ...anaphylaxis }),
      ]),
      answer('Lakeside', [allergy('x9', rxnorm('723', 'Amoxicillin'), { criticality: 'low' })]),
      answer('Harbor', [allergy('77', words('PCN'))]),
    ]);
    expect(allergies).toHaveLength(1);
    expect(allergies[0]).toMatchObject({
      key: 'class:penicillins',
      title: 'Penicillins (PCN; Amoxicillin; Allergy to penicillin)',
      grade: 'severe',
      criticality: 'high',
      severity: 'severe',
      status: 'active',
      classes: ['penicillins'],
      disputes: [],
      reactions: [{ said: 'Anaphylaxis', by: ['St. Mary'] }],
    });
    expect(
      allergies[0]?.sources.map(({ provenance, resource }) => [
        provenance.memberName,
        provenance.resource,
        resource.code?.coding?.[0]?.code,
      ]),
    ).toEqual([
      ['Harbor', 'AllergyIntolerance/77', undefined],
      ['Lakeside', 'AllergyIntolerance/x9', '723'],
      ['St. Mary', 'AllergyIntolerance/a1', '91936005'],
    ]);
  });

  it('carries where each entry comes from', () => {
    const { allergies } = mergeRecords([
      answer('St. Mary', [allergy('a1', words('Latex'), { recordedDate: '2019-05-04' })]),
    ]);
    expect(allergies[0]?.sources[0]?.provenance).toEqual({
      memberId: 'st-mary',
      memberName: 'St. Mary',
      resource: 'AllergyIntolerance/a1',
      retrievedAt: '2026-03-01T08:00:00.000Z',
      recordedAt: '2019-05-04',
      transform: 'hie-merge/1',
    });
  });

  it('lets an allergy win over "no known allergies", and shows the conflict', () => {
    const { allergies, absences } = mergeRecords([
      answer('St. Mary', [allergy('a1', snomed('91936005', 'Allergy to penicillin'))]),
      answer('Harbor', [allergy('n1', snomed('716186003', 'No known allergy'))]),
    ]);
    expect(allergies).toHaveLength(1);
    expect(allergies[0]?.disputes).toEqual([
      { said: 'none-known', source: expect.objectContaining({ memberName: 'Harbor' }) },
    ]);
    expect(absences).toEqual([
      expect.objectContaining({ about: 'AllergyIntolerance', said: 'none-known', scope: 'all' }),
    ]);
  });

  it.each<[scope: string, code: string, category: 'food' | 'medication' | undefined, disputed: boolean]>([
    ['no known food allergy', '429625007', 'medication', false],
    ['no known food allergy', '429625007', 'food', true],
    ['no known drug allergy', '409137002', 'medication', true],
    ['no known drug allergy', '409137002', undefined, true],
    ['no known latex allergy', '716184000', 'medication', false],
  ])('%s (%s) against a %s allergy: disputed %s', (_scope, code, category, disputed) => {
    const { allergies } = mergeRecords([
      answer('A', [allergy('a1', words('Something'), category === undefined ? {} : { category: [category] })]),
      answer('B', [allergy('n1', snomed(code))]),
    ]);
    expect(allergies[0]?.disputes.length === 1).toBe(disputed);
  });

  it('shows refuted and mistaken entries apart, and beside the entry that they contradict', () => {
    const { allergies, apart } = mergeRecords([
      answer('St. Mary', [allergy('a1', rxnorm('7980', 'Penicillin G'), anaphylaxis)]),
      answer('Harbor', [
        allergy('r1', words('Amoxicillin'), { verificationStatus: verified('refuted'), criticality: 'high' }),
      ]),
      answer('Lakeside', [
        allergy('e1', words('Latex'), { verificationStatus: verified('entered-in-error'), criticality: 'high' }),
      ]),
    ]);
    expect(apart.map(({ reason, title }) => [reason, title])).toEqual([
      ['refuted', 'Amoxicillin'],
      ['entered-in-error', 'Latex'],
    ]);
    expect(allergies).toHaveLength(1);
    expect(allergies[0]).toMatchObject({
      grade: 'severe',
      disputes: [{ said: 'refuted', source: { memberName: 'Harbor' } }],
    });
  });

  it('is active when one source says so, and tells who does not', () => {
    const { allergies } = mergeRecords([
      answer('A', [allergy('1', words('Ibuprofen'), { clinicalStatus: allergyStatus('resolved') })]),
      answer('B', [allergy('2', words('Ibuprofen'))]),
    ]);
    expect(allergies[0]).toMatchObject({
      status: 'active',
      disputes: [{ said: 'resolved', source: { memberName: 'A' } }],
    });
  });

  it('puts the worst first', () => {
    const { allergies } = mergeRecords([
      answer('A', [
        allergy('1', words('Pollen of birch'), { criticality: 'low' }),
        allergy('2', words('Latex'), { criticality: 'high', clinicalStatus: allergyStatus('resolved') }),
        allergy('3', words('Peanut')),
        allergy('4', words('Sulfa'), { criticality: 'high' }),
      ]),
    ]);
    expect(allergies.map(({ title, grade, status }) => [title, grade, status])).toEqual([
      ['Sulfa', 'severe', 'active'],
      ['Peanut', 'unknown', 'active'],
      ['Pollen of birch', 'mild', 'active'],
      ['Latex', 'severe', 'resolved'],
    ]);
  });

  it('never joins two allergies of which nothing says what they are against', () => {
    const { allergies } = mergeRecords([answer('A', [allergy('1', {}), allergy('2', {}, { criticality: 'high' })])]);
    expect(allergies.map(({ title }) => title)).toEqual([
      'Allergy to something not stated',
      'Allergy to something not stated',
    ]);
  });
});

describe('mergeRecords: medications', () => {
  it('keeps doses that differ side by side', () => {
    const { medications } = mergeRecords([
      answer('St. Mary', [
        order('m1', rxnorm('855332', 'Warfarin Sodium 5 MG Oral Tablet'), {
          dosageInstruction: [{ text: '1 tablet daily' }],
        }),
      ]),
      answer('Harbor', [order('m2', words('Coumadin 2.5 mg'), { dosageInstruction: [{ text: '1 tablet daily' }] })]),
    ]);
    expect(medications).toHaveLength(1);
    expect(medications[0]).toMatchObject({
      key: 'drug:warfarin',
      state: 'current',
      alerts: ['anticoagulant'],
      doses: [
        { said: '2.5 mg, 1 tablet daily', by: ['Harbor'] },
        { said: '5 MG, 1 tablet daily', by: ['St. Mary'] },
      ],
    });
  });

  it('reads a structured dose', () => {
    const { medications } = mergeRecords([
      answer('A', [
        order('m1', words('Apixaban'), {
          dosageInstruction: [
            {
              doseAndRate: [{ doseQuantity: { value: 5, unit: 'mg' } }],
              timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
            },
          ],
        }),
      ]),
    ]);
    expect(medications[0]?.doses).toEqual([{ said: '5 mg 2 times per day', by: ['A'] }]);
  });

  it('is current when one source says so, with every status beside it', () => {
    const { medications } = mergeRecords([
      answer('A', [order('1', words('Apixaban'), { status: 'stopped' })]),
      answer('B', [order('2', words('Eliquis'))]),
    ]);
    expect(medications[0]).toMatchObject({
      state: 'current',
      statuses: [
        { said: 'stopped', by: ['A'] },
        { said: 'active', by: ['B'] },
      ],
    });
  });

  it('never reads an order not to give a drug as one to give it', () => {
    const { medications } = mergeRecords([
      answer('A', [order('1', words('Aspirin 81 mg'), { doNotPerform: true })]),
      answer('B', [order('2', words('Aspirin 81 mg'))]),
    ]);
    expect(medications.map(({ prohibited, sources }) => [prohibited, sources[0]?.provenance.memberName])).toEqual([
      [false, 'B'],
      [true, 'A'],
    ]);
  });

  it('puts the medication in place of a reference to it, and says when it was not sent', () => {
    const referring = (id: string, reference: string): unknown => ({
      resourceType: 'MedicationRequest',
      id,
      status: 'active',
      intent: 'order',
      medicationReference: { reference, display: 'see list' },
      subject: { reference: 'Patient/p1' },
    });
    const { medications } = mergeRecords([
      answer('A', [
        referring('1', 'Medication/w'),
        { resourceType: 'Medication', id: 'w', code: words('Warfarin') },
        referring('2', 'Medication/lost'),
      ]),
    ]);
    expect(medications.map(({ title, sources }) => [title, sources[0]?.cautions])).toEqual([
      ['Warfarin', []],
      ['see list', ['medication-not-resolved']],
    ]);
  });

  it('shows what was entered in error apart', () => {
    const { medications, apart } = mergeRecords([
      answer('A', [order('1', words('Digoxin'), { status: 'entered-in-error' })]),
    ]);
    expect(medications).toEqual([]);
    expect(apart).toEqual([expect.objectContaining({ reason: 'entered-in-error', title: 'Digoxin' })]);
  });
});

describe('mergeRecords: problems and the rest', () => {
  it('is one problem for one code or name, active when anybody says so', () => {
    const resolved = {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' }],
    };
    const { problems } = mergeRecords([
      answer('A', [problem('1', snomed('49436004', 'Atrial fibrillation'))]),
      answer('B', [problem('2', snomed('49436004', 'AF'), { clinicalStatus: resolved })]),
      answer('C', [problem('3', words('Sprain of ankle'))]),
    ]);
    expect(problems.map(({ title, status, alert, disputes }) => [title, status, alert, disputes.length])).toEqual([
      ['AF (Atrial fibrillation)', 'active', 'arrhythmia', 1],
      ['Sprain of ankle', 'active', undefined, 0],
    ]);
  });

  it('keeps two implants with two serial numbers apart', () => {
    const device = (id: string, serialNumber: string): unknown => ({
      resourceType: 'Device',
      id,
      serialNumber,
      type: snomed('14106009', 'Cardiac pacemaker'),
      patient: { reference: 'Patient/p1' },
    });
    const { others } = mergeRecords([
      answer('A', [device('1', 'S1'), device('2', 'S2')]),
      answer('B', [device('9', 'S1')]),
    ]);
    expect(others.map(({ kind, sources }) => [kind, sources.length])).toEqual([
      ['device', 2],
      ['device', 1],
    ]);
  });

  it.each<[name: string, elements: Record<string, unknown>, title: string]>([
    ['its policy rule', { policyRule: { text: 'Do not attempt resuscitation' } }, 'Do not attempt resuscitation'],
    ['its category', { category: [words('Advance directive'), words('Living will')] }, 'Living will'],
    ['its scan', { sourceAttachment: { title: 'DNR form' } }, 'DNR form'],
    ['nothing in particular', { category: [words('Advance healthcare directives')] }, 'Advance directive'],
  ])('calls a directive by what was decided: by %s', (_name, elements, title) => {
    const scope = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'adr' }] };
    const consent = {
      resourceType: 'Consent',
      id: 'd',
      status: 'active',
      scope,
      patient: { reference: 'Patient/p1' },
      ...elements,
    };
    expect(mergeRecords([answer('A', [consent])]).others[0]?.title).toBe(title);
  });

  it('calls a scanned directive by its description', () => {
    const document = {
      resourceType: 'DocumentReference',
      id: 'd',
      status: 'current',
      type: { coding: [{ system: 'http://loinc.org', code: '42348-3', display: 'Advance healthcare directives' }] },
      description: 'Health care proxy: her daughter',
      content: [],
      subject: { reference: 'Patient/p1' },
    };
    expect(mergeRecords([answer('A', [document])]).others[0]).toMatchObject({
      kind: 'directive',
      title: 'Health care proxy: her daughter',
    });
  });

  it('takes an advance directive, and leaves a privacy consent alone', () => {
    const consent = (id: string, code: string): unknown => ({
      resourceType: 'Consent',
      id,
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code }] },
      category: [words('Do not resuscitate')],
      patient: { reference: 'Patient/p1' },
    });
    const { others, refused } = mergeRecords([answer('A', [consent('d', 'adr'), consent('p', 'patient-privacy')])]);
    expect(others).toEqual([expect.objectContaining({ kind: 'directive', title: 'Do not resuscitate' })]);
    expect(refused).toEqual([expect.objectContaining({ reason: 'not-asked-for', id: 'p' })]);
  });
});
