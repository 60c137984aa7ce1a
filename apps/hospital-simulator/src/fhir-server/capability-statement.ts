import { type CapabilityStatement } from '@medplum/fhirtypes';

import { READ_ONLY_TYPES, SEARCH_PARAMETERS } from '../search/search-parameters.js';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/';
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  Patient: ['us-core-patient'],
  AllergyIntolerance: ['us-core-allergyintolerance'],
  MedicationRequest: ['us-core-medicationrequest'],
  Condition: ['us-core-condition-problems-health-concerns', 'us-core-condition-encounter-diagnosis'],
  Encounter: ['us-core-encounter'],
  Immunization: ['us-core-immunization'],
  DiagnosticReport: ['us-core-diagnosticreport-lab'],
  Observation: ['us-core-observation-lab', 'us-core-blood-pressure', 'us-core-heart-rate', 'us-core-body-weight'],
  Procedure: ['us-core-procedure'],
  DocumentReference: ['us-core-documentreference'],
  Device: ['us-core-implantable-device'],
  Organization: ['us-core-organization'],
  Practitioner: ['us-core-practitioner'],
};

/** What this member's FHIR server can do, made from the table of search parameters so that it cannot say what is not so. */
export function capabilityStatement(
  name: string,
  fhirUrl: string,
  tokenUrl: string,
  date: string,
): CapabilityStatement {
  const searched = Object.entries(SEARCH_PARAMETERS).map(([type, parameters]) => ({
    type,
    interaction: [{ code: 'read' }, { code: 'search-type' }],
    searchParam: Object.entries(parameters).map(([parameter, { kind }]) => ({ name: parameter, type: kind })),
  }));
  const readOnly = READ_ONLY_TYPES.map((type) => ({ type, interaction: [{ code: 'read' }] }));
  const resource = [...searched, ...readOnly].map((entry) => {
    const supportedProfile = PROFILES[entry.type]?.map((profile) => US_CORE + profile);
    return supportedProfile === undefined ? entry : { ...entry, supportedProfile };
  });
  const tokenExtension = {
    url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
    extension: [{ url: 'token', valueUri: tokenUrl }],
  };
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    experimental: true,
    date,
    kind: 'instance',
    implementation: { description: `Simulated member hospital: ${name}. Synthetic data only.`, url: fhirUrl },
    fhirVersion: '4.0.1',
    format: ['json'],
    instantiates: ['http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server'],
    rest: [
      {
        mode: 'server',
        security: {
          extension: [tokenExtension],
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
              ],
            },
          ],
        },
        resource,
        interaction: [{ code: 'batch' }],
      },
    ],
  } as CapabilityStatement;
}

/** `.well-known/smart-configuration` of a server for backend services (SMART App Launch 2.2, section 2.2.5.2). */
export function smartConfiguration(fhirUrl: string, tokenUrl: string): Readonly<Record<string, unknown>> {
  return {
    issuer: fhirUrl,
    token_endpoint: tokenUrl,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES384', 'ES256', 'EdDSA'],
    scopes_supported: ['system/*.rs', ...Object.keys(SEARCH_PARAMETERS).map((type) => `system/${type}.rs`)],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
    code_challenge_methods_supported: ['S256'],
  };
}
