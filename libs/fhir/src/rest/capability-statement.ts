import type {
  CapabilityStatement,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceSearchParam,
} from '@medplum/fhirtypes';

export interface GatewayDescription {
  /** The gateway's FHIR base, without a slash at its end. */
  readonly baseUrl: string;
  readonly name: string;
  readonly softwareVersion: string;
  /** When this statement last changed, `YYYY-MM-DD`. */
  readonly date: string;
  /** Whether members feed their patients here (IHE PIXm ITI-104, conditional update, in batches). */
  readonly takesPatientFeed: boolean;
  /** Search parameters of AuditEvent (IHE ITI-81); without any there is no such resource here. */
  readonly auditSearch?: readonly Required<Pick<CapabilityStatementRestResourceSearchParam, 'name' | 'type'>>[];
}

const SEARCHABLE = ['AllergyIntolerance', 'MedicationRequest'] as const;

/**
 * What `[base]/metadata` says (https://hl7.org/fhir/R4/capabilitystatement.html): FHIR 4.0.1, JSON; `$match` (PDQm ITI-119), `$summary` (IPS
 * 1.1.0), and the record searches of US Core by patient.
 */
export function capabilityStatement({
  baseUrl,
  name,
  softwareVersion,
  date,
  takesPatientFeed,
  auditSearch = [],
}: GatewayDescription): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    url: `${baseUrl}/metadata`,
    version: softwareVersion,
    name: 'HealthInformationExchangeGateway',
    title: name,
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'HIE broker gateway', version: softwareVersion },
    implementation: { description: name, url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['json'],
    implementationGuide: ['http://hl7.org/fhir/uv/ips/ImplementationGuide/hl7.fhir.uv.ips|1.1.0'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Every request needs an access token with exactly one purpose of use. Every answer carries a coverage manifest: which members were asked, and what became of each.',
        security: {
          cors: false,
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
              ],
            },
          ],
          description:
            'OAuth 2.0 client credentials with private_key_jwt (SMART Backend Services); endpoints in [base]/.well-known/smart-configuration.',
        },
        ...(takesPatientFeed && { interaction: [{ code: 'batch' as const }] }),
        resource: [
          patientResource(takesPatientFeed),
          ...SEARCHABLE.map(searchableResource),
          ...auditResource(auditSearch),
        ],
      },
    ],
  };
}

function patientResource(takesPatientFeed: boolean): CapabilityStatementRestResource {
  return {
    type: 'Patient',
    ...(takesPatientFeed && {
      interaction: [{ code: 'update' as const }, { code: 'delete' as const }],
      conditionalUpdate: true,
      conditionalDelete: 'single' as const,
    }),
    operation: [
      { name: 'match', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-match' },
      { name: 'summary', definition: 'http://hl7.org/fhir/uv/ips/OperationDefinition/summary' },
    ],
  };
}

function auditResource(parameters: NonNullable<GatewayDescription['auditSearch']>): CapabilityStatementRestResource[] {
  if (parameters.length === 0) return [];
  return [
    {
      type: 'AuditEvent',
      interaction: [{ code: 'search-type' }],
      documentation: 'IHE ITI-81. Purpose HCOMPL. An unknown parameter is refused; there is no total.',
      searchParam: parameters.map(({ name, type }) => ({ name, type })),
    },
  ];
}

function searchableResource(type: (typeof SEARCHABLE)[number]): CapabilityStatementRestResource {
  return {
    type,
    interaction: [{ code: 'search-type' }],
    searchParam: [{ name: 'patient', type: 'reference', documentation: 'Required: the handle that $match gave.' }],
  };
}
