// What the pure part of an answer costs, as multiples of a JSON round trip of the same resources in the same run:
//   npx nx build fhir && node libs/fhir/bench/merge-and-cards.mjs
// Prints; asserts nothing. Times on a shared machine are noise, the ratios are not.
import {
  arrivalCards,
  ipsDocument,
  lateDiff,
  mergeRecords,
  nameBasedUuids,
  redactResources,
  systems,
} from '../dist/index.js';

const ROUNDS = Number(process.argv[2] ?? 4000);
const concept = (system, code, display) => ({ coding: [{ system, code, display }], text: display });
const subject = { reference: 'Patient/p1' };

const allergy = (id, code, more = {}) => ({
  resourceType: 'AllergyIntolerance',
  id,
  meta: { lastUpdated: '2024-01-01T00:00:00Z' },
  clinicalStatus: { coding: [{ system: systems.allergyClinical, code: 'active' }] },
  verificationStatus: { coding: [{ system: systems.allergyVerification, code: 'confirmed' }] },
  type: 'allergy',
  category: ['medication'],
  criticality: 'high',
  code,
  patient: subject,
  recordedDate: '2019-01-02T10:00:00Z',
  reaction: [{ manifestation: [concept(systems.snomed, '39579001', 'Anaphylaxis')], severity: 'severe' }],
  ...more,
});
const order = (id, code) => ({
  resourceType: 'MedicationRequest',
  id,
  meta: { lastUpdated: '2024-01-01T00:00:00Z' },
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: code,
  subject,
  authoredOn: '2024-01-01',
  encounter: { reference: 'Encounter/9' },
  requester: { reference: 'Practitioner/3', display: 'Dr. Example' },
  dosageInstruction: [
    {
      text: '1 tablet daily',
      timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
      doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }],
    },
  ],
});
const problem = (id, code) => ({
  resourceType: 'Condition',
  id,
  clinicalStatus: { coding: [{ system: systems.conditionClinical, code: 'active' }] },
  code,
  subject,
  onsetDateTime: '2015-01-01',
  recordedDate: '2015-02-01',
});
const source = (name, nth) => ({
  memberId: name,
  name,
  retrievedAt: '2026-03-01T08:00:00.000Z',
  patient: { records: [{ system: 'urn:oid:2.999.1', value: '1', patientId: 'p1' }] },
  resources: [
    { resourceType: 'Patient', id: 'p1', name: [{ family: 'Example' }] },
    allergy(
      'a1',
      nth % 2
        ? concept(systems.snomed, '91936005', 'Allergy to penicillin')
        : concept(systems.rxnorm, '723', 'Amoxicillin'),
    ),
    allergy('a2', concept(systems.snomed, '300916003', 'Latex allergy'), { criticality: 'low', reaction: [] }),
    order('m1', concept(systems.rxnorm, '855332', 'Warfarin Sodium 5 MG Oral Tablet')),
    order('m2', concept(systems.rxnorm, '866924', 'Metoprolol Tartrate 25 MG Oral Tablet')),
    order('m3', concept(systems.rxnorm, '314077', 'Lisinopril 20 MG Oral Tablet')),
    order('m4', concept(systems.rxnorm, '617311', 'atorvastatin 40 MG Oral Tablet')),
    problem('c1', concept(systems.snomed, '49436004', 'Atrial fibrillation')),
    problem('c2', concept(systems.snomed, '38341003', 'Hypertension')),
    problem('c3', concept(systems.snomed, '44054006', 'Diabetes')),
  ],
});

const answers = ['A', 'B', 'C'].map(source);
// Fresh objects, as they come from JSON.parse: V8 treats a literal that is merged again and again better than any real answer.
const inputs = Array.from({ length: 200 }, () => JSON.parse(JSON.stringify(answers)));
const record = mergeRecords(answers);
const earlier = mergeRecords(answers.slice(0, 2));
const coverage = answers.map(({ name }) => ({
  memberId: name,
  name,
  status: 'answered',
  reason: 'complete',
  counts: { AllergyIntolerance: 2 },
}));
const uuidOf = nameBasedUuids(new Uint8Array(32));
const demographics = {
  given: ['Vera'],
  family: ['Example'],
  birthDate: '1950-04-02',
  phones: [],
  emails: [],
  addresses: [],
  identifiers: [],
};
const document = {
  demographics,
  exchange: { label: 'HIE' },
  assembledAt: '2026-03-01T08:00:01.000Z',
  documentName: 'bench',
  uuidOf,
};

const parts = {
  'JSON round trip (floor)': (input) => JSON.parse(JSON.stringify(input)),
  'redact, nothing labelled': (input) => input.map(({ resources }) => redactResources(resources, ['urn:x|HIV'])),
  merge: (input) => mergeRecords(input),
  cards: () => arrivalCards({ record, coverage, queryUrl: 'https://hie.example/q', source: { label: 'HIE' }, uuidOf }),
  'late diff': () => lateDiff(earlier, record),
  'patient summary': () => ipsDocument(record, coverage, document),
};

/** Median of each part in microseconds; the parts take turns, so that they share whatever else the machine does. */
const times = Object.fromEntries(Object.keys(parts).map((name) => [name, []]));
for (let round = -500; round < ROUNDS; round += 1) {
  const input = inputs[(round + 500) % inputs.length];
  for (const [name, part] of Object.entries(parts)) {
    const start = process.hrtime.bigint();
    part(input);
    if (round >= 0) times[name].push(Number(process.hrtime.bigint() - start) / 1000);
  }
}
const medians = Object.fromEntries(
  Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]]),
);
const floor = medians['JSON round trip (floor)'];
console.log(`30 resources of 3 sources, ${ROUNDS} rounds, Node ${process.version}`);
for (const [name, median] of Object.entries(medians)) {
  console.log(`${name.padEnd(26)} ${median.toFixed(0).padStart(6)} us   ${(median / floor).toFixed(2)} x floor`);
}
