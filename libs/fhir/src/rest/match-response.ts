import type { Bundle, BundleEntry, OperationOutcome } from '@medplum/fhirtypes';

import { patientFromDemographics, type PatientDemographics } from '../demographics/patient-from-demographics.js';

export interface MatchCandidate {
  /** The requester's own handle of this person. */
  readonly patientId: string;
  /** Calibrated probability, 0 to 1. */
  readonly probability: number;
  readonly grade: 'certain' | 'probable' | 'possible';
  /** What may be shown of the person; absent, the entry is the handle alone. */
  readonly demographics?: PatientDemographics | undefined;
}

const MATCH_GRADE = 'http://hl7.org/fhir/StructureDefinition/match-grade';

/** Every answer without a candidate is the same, its entry's url included. */
const NO_CANDIDATE_URL = 'urn:uuid:b5c0a9ce-6e5b-4c5f-9a57-3d2a8f1e4b60';

/** What stands in every answer without a candidate. Informational: "no match" is no failure (PDQm ITI-119: neither error nor fatal). */
const NO_CANDIDATE: OperationOutcome = {
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity: 'information',
      code: 'informational',
      details: { text: 'No patient can be told with enough certainty.' },
    },
  ],
};

/**
 * The answer of `Patient/$match`: candidates from most to least likely, each with `search.score` and the match-grade extension.
 *
 * Where only certain matches were asked for, it holds exactly one certain candidate or none. Nobody, several alike, and one that is less
 * than certain then give the same bytes: the difference would tell that such a person is known here.
 */
export function matchResponse(
  candidates: readonly MatchCandidate[],
  { onlyCertain, count, baseUrl }: { readonly onlyCertain: boolean; readonly count: number; readonly baseUrl: string },
): Bundle {
  const ordered = candidates.toSorted((a, b) => b.probability - a.probability || (a.patientId < b.patientId ? -1 : 1));
  const certain = ordered.filter(({ grade }) => grade === 'certain');
  const shown = onlyCertain ? (certain.length === 1 ? certain : []) : ordered.slice(0, count);
  const matches = shown.map(({ patientId, probability, grade, demographics }): BundleEntry => ({
    fullUrl: `${baseUrl}/Patient/${patientId}`,
    resource:
      demographics === undefined
        ? { resourceType: 'Patient', id: patientId }
        : patientFromDemographics(demographics, patientId),
    search: {
      extension: [{ url: MATCH_GRADE, valueCode: grade }],
      mode: 'match',
      score: Math.round(probability * 10_000) / 10_000,
    },
  }));
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: matches.length,
    link: [{ relation: 'self', url: `${baseUrl}/Patient/$match` }],
    entry:
      matches.length > 0
        ? matches
        : [{ fullUrl: NO_CANDIDATE_URL, resource: NO_CANDIDATE, search: { mode: 'outcome' } }],
  };
}
