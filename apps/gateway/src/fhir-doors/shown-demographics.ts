import type { Candidate } from '@hie/contracts';
import type { PatientDemographics } from '@hie/fhir';
import type { Purpose } from '@hie/purpose-of-use';

/** Purposes under which somebody stands before the patient and has to choose among candidates now. */
const AT_THE_BEDSIDE: ReadonlySet<Purpose> = new Set(['ETREAT', 'BTG']);

/**
 * What of a candidate's demographics `$match` shows: as little as the requester needs to see whether it is the right patient.
 *
 * Of the certain one the name, sex and date of birth, which the requester must hold against its own again (TEFCA's demographics
 * double-check). Of one that is only probable or possible, who may be another person altogether: the name, and of the date of birth the year. An
 * emergency sees the whole date of all, because there somebody has to choose at once. Never a contact, an address or a number.
 *
 * @returns undefined where the purpose allows nothing: then the entry is the handle alone.
 */
export function shownDemographics(
  { grade, demographics }: Pick<Candidate, 'grade' | 'demographics'>,
  purpose: Purpose,
): PatientDemographics | undefined {
  if (demographics === undefined || !MATCHING.has(purpose)) return undefined;
  const { given, family, birthDate, sex } = demographics;
  const isWhole = grade === 'certain' || AT_THE_BEDSIDE.has(purpose);
  return {
    given: isWhole ? given : given.slice(0, 1),
    family: family.slice(0, 1),
    phones: [],
    emails: [],
    addresses: [],
    identifiers: [],
    ...(birthDate === undefined ? {} : { birthDate: isWhole ? birthDate : birthDate.slice(0, 4) }),
    ...(sex === undefined ? {} : { sex }),
  };
}

const MATCHING: ReadonlySet<Purpose> = new Set(['TREAT', 'ETREAT', 'COC', 'BTG']);
