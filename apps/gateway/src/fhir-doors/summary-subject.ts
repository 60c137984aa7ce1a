import { type MergedRecord, type PatientDemographics, demographicsFromPatient } from '@hie/fhir';

const unknownPerson: PatientDemographics = {
  given: [],
  family: [],
  phones: [],
  emails: [],
  addresses: [],
  identifiers: [],
};

/**
 * Who a summary is about, as the first member that has a name for them records it; no member's identifier goes with it.
 *
 * A Patient that can't be read costs the summary nothing but that record of the name: where nobody's can be, the summary says that the
 * name is not known, and still holds the allergies.
 */
export function summarySubject({ patients }: Pick<MergedRecord, 'patients'>): PatientDemographics {
  const readable = patients.flatMap(({ resource }) => {
    const read = demographicsFromPatient(resource);
    return read.ok ? [read.demographics] : [];
  });
  const named = readable.find(({ given, family }) => given.length > 0 || family.length > 0);
  return { ...(named ?? readable[0] ?? unknownPerson), identifiers: [] };
}
