/** One record of the patient at one member, as the index knows it. */
export interface RecordKey {
  /** The member's identifier of the patient: assigning authority and value. */
  readonly system: string;
  readonly value: string;
  /** Logical id of the Patient at the member's FHIR server, where it is known. */
  readonly patientId?: string | undefined;
}

/**
 * A value inside a search parameter (https://hl7.org/fhir/R4/search.html#escaping), percent-encoded.
 *
 * Without the backslash an id with a comma would ask for two patients, one of them somebody else.
 */
export function searchValue(text: string): string {
  return encodeURIComponent(text.replace(/[\\,|$]/g, '\\$&'));
}

/** An identifier as a token parameter: `system|value`. */
export function tokenValue(system: string, value: string): string {
  return `${searchValue(system)}${encodeURIComponent('|')}${searchValue(value)}`;
}

/** How a record's owner is named in a search on another type: by id where known, else by chained identifier (as in IHE MHD ITI-67). */
export function patientParameter(key: RecordKey): string {
  return key.patientId === undefined
    ? `patient.identifier=${tokenValue(key.system, key.value)}`
    : `patient=${searchValue(key.patientId)}`;
}

/** The search that brings the Patient itself, for the check that it is the one meant. */
export function patientSearch(key: RecordKey): string {
  return key.patientId === undefined
    ? `Patient?identifier=${tokenValue(key.system, key.value)}`
    : `Patient?_id=${searchValue(key.patientId)}`;
}
