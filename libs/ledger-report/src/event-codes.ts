// DICOM PS3.16 audit codes: https://dicom.nema.org/medical/dicom/current/output/chtml/part16/chapter_D.html
// HL7 FHIR R4 AuditEvent: https://hl7.org/fhir/R4/auditevent.html; IHE BALP 1.1: https://profiles.ihe.net/ITI/BALP/
import type { Coding } from '@medplum/fhirtypes';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const BALP = 'https://profiles.ihe.net/ITI/BALP/CodeSystem';

const dicom = (code: string, display: string): Coding => ({ system: DCM, code, display });
const interaction = (code: string): Coding => ({
  system: 'http://hl7.org/fhir/restful-interaction',
  code,
  display: code,
});

/** AuditEvent.type and .subtype. */
export const eventCodes = {
  rest: {
    system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
    code: 'rest',
    display: 'RESTful Operation',
  },
  auditLogUsed: dicom('110101', 'Audit Log Used'),
  export: dicom('110106', 'Export'),
  query: dicom('110112', 'Query'),
  securityAlert: dicom('110113', 'Security Alert'),
  userAuthentication: dicom('110114', 'User Authentication'),
  applicationActivity: dicom('110100', 'Application Activity'),

  create: interaction('create'),
  update: interaction('update'),
  delete: interaction('delete'),
  search: interaction('search'),
  batch: interaction('batch'),
  operation: interaction('operation'),
  logout: dicom('110123', 'Logout'),
  nodeAuthentication: dicom('110126', 'Node Authentication'),
  emergencyOverride: dicom('110127', 'Emergency Override Started'),
  restrictedFunction: dicom('110132', 'Use of Restricted Function'),
  recordingStopped: dicom('110133', 'Audit Recording Stopped'),
  objectSecurity: dicom('110135', 'Object Security Attributes Changed'),
  securityRoles: dicom('110136', 'Security Roles Changed'),
  disclose: {
    system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle',
    code: 'disclose',
    display: 'Disclose Record Lifecycle Event',
  },
  getAccessToken: { system: 'urn:ihe:event-type-code', code: 'ITI-71', display: 'Get Access Token' },
  decidedByConsent: { system: `${BALP}/AuthZsubType`, code: 'AuthZ-Consent' },
  decidedByRole: { system: `${BALP}/AuthZsubType`, code: 'AuthZ-Role' },
} as const satisfies Record<string, Coding>;

/** AuditEvent.agent.type. */
export const agentCodes = {
  application: dicom('110150', 'Application'),
  destination: dicom('110152', 'Destination Role ID'),
  source: dicom('110153', 'Source Role ID'),
  user: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
    code: 'IRCP',
    display: 'information recipient',
  },
  organisation: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
    code: 'PROV',
    display: 'healthcare provider',
  },
  authorizer: {
    system: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
    code: 'authserver',
    display: 'authorization server',
  },
} as const satisfies Record<string, Coding>;

/** AuditEvent.entity.type and .role. */
export const entityCodes = {
  person: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1', display: 'Person' },
  systemObject: {
    system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
    code: '2',
    display: 'System Object',
  },
  consent: { system: 'http://hl7.org/fhir/resource-types', code: 'Consent', display: 'Consent' },
  transaction: { system: `${BALP}/BasicAuditEntityType`, code: 'XrequestId' },
  patientRole: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1', display: 'Patient' },
  reportRole: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '3', display: 'Report' },
  queryRole: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '24', display: 'Query' },
} as const satisfies Record<string, Coding>;

/** AuditEvent.source.type. */
export const applicationServer: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
  code: '4',
  display: 'Application Server',
};
