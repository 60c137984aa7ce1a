import type { RecordedEntry } from './recorded-entry.js';

const txn = '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10';
const requester = {
  ...{ memberId: 'mercy-general', clientId: 'mercy-general-emr', userId: 'clinician-17' },
  address: '203.0.113.9',
};
const patient = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';

/** A step of a clinic's query, as its service tells it. */
export function stepEntry(action: string, further: Partial<RecordedEntry> = {}): RecordedEntry {
  return {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    ...{ txn, service: 'gateway', action, outcome: 'success', purpose: 'ETREAT', requester, details: {} },
    at: '2026-01-02T03:04:05.678Z',
    ...further,
  };
}

export const asked = stepEntry('query.requested', {
  eventId: '11111111-6b7c-4a0e-8a3f-1d2c3b4a5968',
  details: { operation: 'arrival', kinds: ['AllergyIntolerance', 'MedicationRequest'] },
});

export const decided = stepEntry('disclosure.decided', {
  eventId: '22222222-6b7c-4a0e-8a3f-1d2c3b4a5968',
  ...{ service: 'consent', reason: 'directive.permit', patient },
  details: { policy: 'default-1', withheldLabels: 2, hiddenCandidates: 0, consentVersion: 'Consent/7/_history/2' },
});

export const assembled = stepEntry('answer.assembled', {
  eventId: '33333333-6b7c-4a0e-8a3f-1d2c3b4a5968',
  ...{ service: 'document-query', reason: 'directive.permit', patient },
  digest: 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE',
  details: {
    stage: 'critical',
    candidates: 0,
    members: ['harbor', 'northside'],
    answered: 2,
    given: ['AllergyIntolerance=1', 'Condition=4'],
  },
});

export const stranger = stepEntry('request.refused', {
  ...{ outcome: 'refused', reason: 'token-expired', requester: { address: '2001:db8::1' } },
  details: { route: '/fhir/Patient/$match', outcome: 'not-authenticated' },
});

export const unattended = stepEntry('ledger.gap-found', {
  ...{ service: 'audit-ledger', outcome: 'failed', reason: 'entry-missing', requester: {} },
  details: { index: 17, missing: 'disclosure.decided', service: 'consent' },
});
