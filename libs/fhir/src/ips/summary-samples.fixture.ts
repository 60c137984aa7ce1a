import type { Bundle } from '@medplum/fhirtypes';

import type { CoverageRow } from '../manifest/coverage-row.js';
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
} from '../merge/record-builders.fixture.js';
import { mergeRecords } from '../merge/merge-records.js';
import type { SourceAnswer } from '../merge/source-answer.js';
import { nameBasedUuids } from '../rest/name-based-uuid.js';
import { ipsDocument, type IpsRequest } from './ips-document.js';

export const request: IpsRequest = {
  demographics: {
    given: ['Vera', 'Anne'],
    family: ['Example', 'Miller'],
    birthDate: '1950-04-02',
    sex: 'female',
    phones: ['+1 555 0199'],
    emails: ['vera@example.org'],
    addresses: [{ street: '12 Elm St', city: 'Chicopee', state: 'MA', postalCode: '01013' }],
    identifiers: [],
  },
  exchange: { label: 'Example Health Information Exchange' },
  assembledAt: '2026-03-01T08:00:01.000Z',
  documentName: 'query 42',
  uuidOf: nameBasedUuids(Buffer.from('a key of the specification only')),
};

export const looked = (name: string, more: Partial<CoverageRow> = {}): CoverageRow => ({
  memberId: name.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
  name,
  status: 'answered',
  reason: 'complete',
  counts: { AllergyIntolerance: 1, MedicationRequest: 1, MedicationStatement: 0, Condition: 1 },
  ...more,
});
export const quiet = (name: string): CoverageRow =>
  looked(name, { status: 'timed-out', reason: 'deadline-passed', counts: {} });

const about = { patient: { reference: 'Patient/p1' } };
const subject = { subject: { reference: 'Patient/p1' } };
const none = (code: string): unknown => ({
  coding: [{ system: 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips', code }],
});

/** The lead story: anaphylaxis at one, heart at another, "none known" at a third, everything else somewhere. */
export const story: SourceAnswer[] = [
  answer("St. Mary's <Hospital>", [
    allergy('a1', snomed('91936005', 'Allergy to penicillin'), {
      verificationStatus: verified('confirmed'),
      type: 'allergy',
      category: ['medication'],
      criticality: 'high',
      recordedDate: '2019-05-04T10:00:00Z',
      reaction: [{ manifestation: [snomed('39579001', 'Anaphylaxis')], severity: 'severe', onset: '2019-05-03' }],
    }),
    allergy('a2', words('Latex & "rubber"'), { verificationStatus: verified('refuted') }),
    allergy('a3', words('Peanut'), { clinicalStatus: allergyStatus('resolved') }),
    {
      resourceType: 'Device',
      id: 'd1',
      status: 'active',
      type: snomed('14106009', 'Cardiac pacemaker'),
      serialNumber: 'SN-1',
      ...about,
    },
    {
      resourceType: 'Immunization',
      id: 'i1',
      status: 'completed',
      vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '140' }], text: 'Influenza' },
      occurrenceDateTime: '2025-10-01',
      ...about,
    },
    { resourceType: 'Immunization', id: 'i2', status: 'completed', vaccineCode: words('Tetanus'), ...about },
  ]),
  answer('Harbor', [
    order('m1', rxnorm('855332', 'Warfarin Sodium 5 MG Oral Tablet'), {
      dosageInstruction: [
        {
          text: '1 tablet daily',
          timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
          doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }],
        },
      ],
    }),
    {
      resourceType: 'MedicationStatement',
      id: 'm2',
      status: 'active',
      medicationCodeableConcept: words('Metoprolol 25 mg'),
      ...subject,
    },
    order('m3', words('Aspirin'), { doNotPerform: true }),
    problem('c1', snomed('49436004', 'Atrial fibrillation'), {
      onsetDateTime: '2015-02-01',
      recordedDate: '2015-02-03',
    }),
    problem('c2', words('Appendicitis'), {
      clinicalStatus: {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
            code: 'resolved',
            display: 'resolved!',
          },
        ],
      },
      abatementDateTime: '1990',
    }),
    {
      resourceType: 'Procedure',
      id: 'p1',
      status: 'completed',
      code: words('Appendectomy'),
      performedPeriod: { start: '1990-01-01', end: '1990-01-01' },
      ...subject,
    },
    {
      resourceType: 'DiagnosticReport',
      id: 'r1',
      status: 'final',
      category: [words('Laboratory')],
      code: words('Coagulation'),
      effectiveDateTime: '2026-01-01',
      result: [{ reference: 'Observation/o1' }, { reference: 'Observation/elsewhere' }],
      ...subject,
    },
    {
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      category: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
      ],
      code: { coding: [{ system: 'http://loinc.org', code: '6301-6' }], text: 'INR' },
      effectiveDateTime: '2026-01-01T06:00:00Z',
      valueQuantity: { value: 2.4, unit: '{INR}', system: 'http://unitsofmeasure.org', code: '{INR}' },
      ...subject,
    },
  ]),
  answer('Lakeside', [
    allergy('n1', snomed('716186003', 'No known allergy')),
    {
      resourceType: 'Consent',
      id: 'k1',
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'adr' }] },
      category: [words('Do not resuscitate')],
      dateTime: '2024-01-01',
      ...about,
    },
    {
      resourceType: 'DocumentReference',
      id: 'k2',
      status: 'current',
      type: { coding: [{ system: 'http://loinc.org', code: '42348-3' }] },
      content: [{ attachment: { contentType: 'application/pdf', url: 'Binary/1' } }],
      ...subject,
    },
  ]),
];

/** What careless and hostile servers send, as far as the merge lets it through. */
const careless = answer('Careless', [
  {
    ...allergy('x1', {
      coding: [
        { system: 'not a uri', code: 'a  b' },
        { system: 'http://snomed.info/sct', code: '300916003' },
      ],
      text: ' ',
    }),
    criticality: 'severe',
    type: 'food',
    category: ['pollen', 'food'],
    clinicalStatus: words('active'),
    recordedDate: 'yesterday',
    reaction: [{ severity: 'severe' }],
    note: [{ text: '' }],
    recorder: 'me',
    extension: 'none',
  },
  {
    ...order('x2', {
      text: 'Digoxin',
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'nonsense' }],
    }),
    intent: 'wish',
    authoredOn: '2026-13-45',
  },
  { ...order('x3', words('Omeprazole')), status: 'sometimes' },
  {
    ...order('x4', words('Bisoprolol\u0000\u202e')),
    dosageInstruction: [
      { timing: { repeat: { frequency: 2, periodUnit: 'd' } }, doseAndRate: [{ doseQuantity: { unit: 'mg' } }] },
    ],
  },
  {
    ...problem('x5', words('Asthma')),
    clinicalStatus: undefined,
    onsetDateTime: '2001-02-30T99:00:00Z',
    onsetString: 'in youth',
    severity: {},
    abatementDateTime: '2002',
  },
  { resourceType: 'Procedure', id: 'x6', status: 'done', code: words('Biopsy'), ...subject },
  {
    resourceType: 'Observation',
    id: 'x7',
    status: 'amended',
    code: words('Potassium'),
    category: [{ coding: [{ code: 'laboratory' }] }],
    valueQuantity: { value: 4, code: 'mmol/L' },
    valueString: '4',
    component: [{ code: words('Potassium'), valueString: '4' }],
    ...subject,
  },
  {
    resourceType: 'Device',
    id: 'x8',
    type: words('Hip prosthesis'),
    status: 'in-use',
    deviceName: [{ name: 'Hip' }],
    ...about,
  },
  { resourceType: 'Immunization', id: 'x9', vaccineCode: words('MMR'), occurrenceDateTime: '1.1.1960', ...about },
]);

/** Documents of every kind that must be valid, by name. */
export const samples: Readonly<Record<string, Bundle>> = {
  story: ipsDocument(
    mergeRecords(story),
    [looked("St. Mary's <Hospital>"), looked('Harbor'), looked('Lakeside'), quiet('Northside')],
    request,
  ),
  'nothing known, said by everybody': ipsDocument(
    mergeRecords([
      answer('Harbor', [
        { ...allergy('1', {}), code: none('no-known-allergies') },
        {
          resourceType: 'MedicationStatement',
          id: '2',
          status: 'unknown',
          medicationCodeableConcept: none('no-known-medications'),
          ...subject,
        },
        { ...problem('3', {}), code: none('no-known-problems') },
      ]),
    ]),
    [looked('Harbor')],
    request,
  ),
  'nobody answered': ipsDocument(mergeRecords([]), [quiet('Harbor'), quiet('Lakeside')], request),
  'nobody asked, patient hardly known': ipsDocument(mergeRecords([]), [], {
    ...request,
    demographics: {
      given: [],
      family: [],
      birthDate: '1950-13',
      phones: [],
      emails: [],
      addresses: [],
      identifiers: [],
    },
  }),
  careless: ipsDocument(mergeRecords([careless]), [looked('Careless', { reason: 'partial' })], request),
  'a source that is not named': ipsDocument(
    mergeRecords(story.map((one) => ({ ...one, discloses: true }))),
    [],
    request,
  ),
  labelled: ipsDocument(
    mergeRecords([
      answer('Harbor', [
        {
          ...problem('1', words('Depression')),
          meta: {
            security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
            tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }],
          },
        },
      ]),
    ]),
    [looked('Harbor')],
    request,
  ),
};
