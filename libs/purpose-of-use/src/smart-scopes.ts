// SMART App Launch 2, scopes: https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
/** What the exchange itself does on a client's behalf, beside FHIR resources. */
export const exchangeScopes = [
  'exchange/participants.read',
  'exchange/participants.manage',
  'exchange/ledger.read',
  'exchange/ledger.erase',
  'exchange/ledger.disclose',
  'exchange/ledger.review',
  'exchange/notices.read',
  'exchange/identity.review',
  'exchange/identity.manage',
  'exchange/people.manage',
  'exchange/messages.replay',
] as const;

const resourceTypes = [
  'Patient',
  'AllergyIntolerance',
  'MedicationRequest',
  'MedicationStatement',
  'Condition',
  'Device',
  'Consent',
  'Encounter',
  'Immunization',
  'DiagnosticReport',
  'Observation',
  'Procedure',
  'DocumentReference',
] as const;

/** Interactions of SMART v2 scopes, in their order: create, read, update, delete, search. */
type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

const forms = ['rs', 'cu', 'read', 'write'];

/** The SMART scopes a client can be registered for. */
export const smartScopes: readonly string[] = ['*', ...resourceTypes].flatMap((type) =>
  forms.map((form) => `system/${type}.${form}`),
);

/**
 * Whether granted scopes cover an interaction with a resource type.
 *
 * Reads v2 (`system/Patient.rs`, for a person `user/Patient.rs`) and v1 (`.read` = `rs`, `.write` = `cud`) forms; letters out of order cover nothing, as the
 * specification wants.
 */
export function coversInteraction(granted: readonly string[], resourceType: string, interaction: Interaction): boolean {
  return granted.some((scope) => {
    const match = /^(?:system|user)\/(\*|[A-Za-z]+)\.([a-z]+)$/.exec(scope);
    if (match === null || (match[1] !== '*' && match[1] !== resourceType)) return false;
    return interactionsOf(match[2] ?? '').includes(interaction);
  });
}

function interactionsOf(form: string): string {
  if (form === 'read') return 'rs';
  if (form === 'write') return 'cud';
  return /^c?r?u?d?s?$/.test(form) ? form : '';
}

/** What the broker's own hops call what a client may do; decided at the door from what it was granted there. */
export const hopScopes = {
  match: 'hie.match',
  retrieve: 'hie.retrieve',
} as const;
