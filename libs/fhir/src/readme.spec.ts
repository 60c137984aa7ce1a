// The example of the README is the code between the marks below, and is run. Its table of outcomes is the table in the code.
import { readFileSync } from 'node:fs';

import type { CoverageStatus, HeldCoverageRow, IpsRequest, RecordKey } from './index.js';
import {
  arrivalCards,
  askedSearches,
  batchRequest,
  countsOf,
  ipsDocument,
  lateCards,
  lateDiff,
  mergeRecords,
  nameBasedUuids,
  operationOutcome,
  outcomes,
  readBatchResponse,
  redactResources,
  releaseCoverage,
  searchesOf,
} from './index.js';
import { allergy, order, patient, rxnorm, snomed } from './merge/record-builders.fixture.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

it('runs the example of the README', () => {
  const records: RecordKey[] = [{ system: 'urn:oid:2.999.1', value: 'MRN-1', patientId: 'p1' }];
  const page = (...resources: unknown[]): unknown => ({
    resource: { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) },
    response: { status: '200 OK' },
  });
  const body = {
    resourceType: 'Bundle',
    type: 'batch-response',
    entry: [
      page(patient('p1')),
      page(allergy('a1', snomed('91936005', 'Allergy to penicillin'), { criticality: 'high' })),
      page(order('m1', rxnorm('855332', 'Warfarin Sodium 5 MG Oral Tablet'))),
      ...Array.from({ length: 6 }, () => page()),
    ],
  };
  const obligations = {
    withholdLabels: ['http://terminology.hl7.org/CodeSystem/v3-ActCode|PSY'],
    mayTellWithheld: true,
  };
  const retrievedAt = '2026-03-01T08:00:00.000Z';
  const base = { reason: 'complete', discloses: false } as const;
  const lakeside: HeldCoverageRow = {
    ...base,
    memberId: 'lakeside',
    name: 'Lakeside',
    status: 'timed-out' satisfies CoverageStatus,
    counts: {},
  };
  const ipsRequest: Omit<IpsRequest, 'uuidOf'> = {
    demographics: {
      given: ['Vera'],
      family: ['Example'],
      birthDate: '1950-04-02',
      phones: [],
      emails: [],
      addresses: [],
      identifiers: [],
    },
    exchange: { label: 'Example HIE' },
    assembledAt: retrievedAt,
    documentName: 'query 42',
  };
  const requesterKey = new Uint8Array(32);
  const shownBefore = mergeRecords([]);

  // example
  // Ask one member for the critical set, in one round trip.
  const asked = askedSearches(searchesOf('critical'), records, { pageSize: 200, withPatient: true });
  const batch = batchRequest(asked); // POST it to the member's FHIR base; `body` is what comes back

  // Read what it answered, and withhold what the consent decision says.
  const answer = readBatchResponse(body, asked);
  const kept = redactResources(answer?.resources ?? [], obligations.withholdLabels);

  // Merge it with the others. Nothing of another patient is taken, nothing is dropped without a reason.
  const record = mergeRecords([
    { memberId: 'st-marys', name: "St. Mary's", retrievedAt, patient: { records }, resources: kept.resources },
  ]);

  // Say how far it reaches: one row a member, and only what may be told.
  const counts = countsOf(answer?.answeredTypes ?? [], answer?.resources as { resourceType: string }[]);
  const stMarys = {
    memberId: 'st-marys',
    name: "St. Mary's",
    status: 'answered',
    reason: 'complete',
    counts,
    discloses: false,
  } as const;
  const coverage = releaseCoverage([stMarys, lakeside], obligations);

  // Show it: cards for the EMR, a document for whoever asks, a refusal that tells nothing.
  const uuidOf = nameBasedUuids(requesterKey); // a secret of at least 16 bytes for each requester
  const context = {
    record,
    coverage,
    queryUrl: 'https://hie.example/queries/42',
    source: { label: 'Example HIE' },
    uuidOf,
  };
  const cards = arrivalCards(context);
  const summary = ipsDocument(record, coverage, { ...ipsRequest, uuidOf });
  const refusal = operationOutcome('patient-ambiguous'); // the same bytes as 'patient-unknown'

  // What comes after the deadline is compared with what was shown; only what matters at once makes a card.
  const alerts = lateCards(context, lateDiff(shownBefore, record));
  // end

  expect(batch.entry).toHaveLength(asked.length);
  expect(cards.map(({ indicator, summary: said }) => [indicator, said])).toEqual([
    ['critical', "Severe allergy: Allergy to penicillin. St. Mary's"],
    ['warning', 'Anticoagulants and antiplatelet drugs: Warfarin Sodium 5 MG Oral Tablet'],
    ['warning', '1 of 2 sources did not answer: Lakeside'],
  ]);
  expect(summary.type).toBe('document');
  expect(refusal).toEqual(operationOutcome('patient-unknown'));
  expect(alerts.map(({ indicator }) => indicator)).toEqual(['critical', 'warning']);
});

it('shows the code that is run', () => {
  const [, code = ''] = /\/\/ example\n([\s\S]*?)\n\s*\/\/ end/.exec(read('./readme.spec.ts')) ?? [];
  expect(code).not.toBe('');
  expect(lines(readme).join('\n')).toContain(lines(code).join('\n'));
});

it('lists every outcome with its status', () => {
  const listed = [...readme.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  expect(listed).toEqual(Object.entries(outcomes).map(([code, { status }]) => [code, status]));
});
