import type {
  Bundle,
  BundleEntry,
  Composition,
  CompositionSection,
  Device,
  DeviceUseStatement,
  OperationOutcome,
  Patient,
  Reference,
  Resource,
} from '@medplum/fhirtypes';

import type { PatientDemographics } from '../demographics/patient-from-demographics.js';
import { coverageOutcome } from '../manifest/coverage-outcome.js';
import type { CoverageRow } from '../manifest/coverage-row.js';
import { coverageStatement } from '../manifest/coverage-statement.js';
import type { ClinicalResource, MergedRecord, Sourced } from '../merge/merged-record.js';
import { provenanceResource } from '../rest/provenance-resource.js';
import { extensions, systems } from '../terminology/code-systems.js';
import { oneLine } from '../terminology/plain-text.js';
import { absenceEntry, type AbsentThing, mayClaimNoneKnown } from './absence-entry.js';
import { coverageSection } from './coverage-section.js';
import { documentEntry, notKnown } from './document-entry.js';
import { ipsPatient } from './ips-patient.js';
import { escaped, narrative, paragraph } from './narrative.js';
import { type SummarySection, summarySections } from './summary-sections.js';

export interface IpsRequest {
  /** Who the patient is, as it may be shown to this requester. */
  readonly demographics: PatientDemographics;
  /** Who assembles the document: its author and custodian. */
  readonly exchange: { readonly label: string };
  /** When it was assembled, ISO 8601 instant. */
  readonly assembledAt: string;
  /** Names this document; the same name gives the same document, down to its ids. */
  readonly documentName: string;
  /** Names to UUIDs under the requester's key (`nameBasedUuids`). */
  readonly uuidOf: (name: string) => string;
}

const PROFILE = 'http://hl7.org/fhir/uv/ips/StructureDefinition';
const CONFIDENTIALITIES = ['U', 'L', 'M', 'N', 'R', 'V'] as const;

/**
 * A patient summary as a FHIR document (International Patient Summary 1.1.0, https://hl7.org/fhir/uv/ips/STU1.1; `Patient/$summary`).
 *
 * - Composition first, one Patient, an entry for every source's resource, each with its Provenance; `urn:uuid` references throughout.
 * - Problems, Allergies and Medications are always there; an empty one says "none known" only when that is justified
 *   (`mayClaimNoneKnown`), else "no information".
 * - How far the summary reaches is said in every section's text, in a section of its own, and for machines as an OperationOutcome
 *   contained in the Composition (`docs/adr/0142`).
 * - What can't be said in valid FHIR is said in words.
 */
export function ipsDocument(record: MergedRecord, coverage: readonly CoverageRow[], request: IpsRequest): Bundle {
  const { demographics, exchange, assembledAt, documentName, uuidOf } = request;
  const idOf = (name: string): string => uuidOf(`document ${documentName} ${name}`);
  const urn = (id: string): string => `urn:uuid:${id}`;
  const patientId = idOf('patient');
  const organizationId = idOf('organization');
  const subject: Reference<Patient> = { reference: urn(patientId) };

  const noneKnown = new Set(
    (['AllergyIntolerance', 'Medication', 'Condition'] as const).filter((one) =>
      mayClaimNoneKnown(one, record, coverage),
    ),
  );
  const built = summarySections(record, coverage, noneKnown).map((section) =>
    buildSection(section, { idOf, subject, noneKnown, exchange: exchange.label }),
  );
  const unsaid = built.flatMap((one) => one.unsaid);
  const resources = built.flatMap((one) => one.resources);

  const composition: Composition = {
    resourceType: 'Composition',
    id: idOf('composition'),
    meta: { profile: [`${PROFILE}/Composition-uv-ips`] },
    text: narrative([
      `<p>Patient summary of ${escaped(nameOf(demographics), 120)}, assembled by ${escaped(exchange.label, 120)} at ${escaped(assembledAt, 40)}.</p>`,
      paragraph(coverageStatement(coverage)),
    ]),
    contained: [{ ...coverageOutcome(coverage), id: 'coverage' } as OperationOutcome & { id: string }],
    extension: [
      { url: extensions.coverageStatement, valueString: coverageStatement(coverage) },
      { url: extensions.coverageOutcome, valueReference: { reference: '#coverage' } },
    ],
    identifier: { system: systems.document, value: idOf('identifier') },
    status: 'final',
    type: { coding: [{ system: systems.loinc, code: '60591-5', display: 'Patient summary Document' }] },
    subject,
    date: assembledAt,
    author: [{ reference: urn(organizationId) }],
    title: 'International Patient Summary',
    confidentiality: confidentialityOf(resources),
    custodian: { reference: urn(organizationId) },
    section: [...built.flatMap((one) => one.section), coverageSection(coverage, record, unsaid)],
  };
  const all: Resource[] = [
    composition,
    ipsPatient(patientId, demographics),
    { resourceType: 'Organization', id: organizationId, name: exchange.label },
    ...resources,
  ];
  return {
    resourceType: 'Bundle',
    id: idOf('bundle'),
    meta: { profile: [`${PROFILE}/Bundle-uv-ips`] },
    identifier: { system: systems.uri, value: urn(idOf('identifier')) },
    type: 'document',
    timestamp: assembledAt,
    entry: all.map((resource): BundleEntry => ({
      fullUrl: urn(resource.id ?? ''),
      resource: resource as NonNullable<BundleEntry['resource']>,
    })),
  };
}

interface BuildContext {
  readonly idOf: (name: string) => string;
  readonly subject: Reference<Patient>;
  readonly noneKnown: ReadonlySet<AbsentThing>;
  readonly exchange: string;
}

interface BuiltSection {
  /** None when nothing of an optional section could be said in valid FHIR. */
  readonly section: CompositionSection[];
  readonly resources: Resource[];
  readonly unsaid: string[];
}

function buildSection(section: SummarySection, { idOf, subject, noneKnown, exchange }: BuildContext): BuiltSection {
  const { title, loinc, display, absent, items, blocks } = section;
  const sources = items.flatMap((item) => item.sources.map((source) => ({ source, title: item.title })));
  const names = new Map<string, string>();
  for (const { source } of sources)
    for (const name of namesAtMember(source)) names.set(name, `urn:uuid:${entryId(source, idOf)}`);

  const entries: string[] = [];
  const resources: Resource[] = [];
  const unsaid: string[] = [];
  for (const { source, title: what } of sources) {
    const id = entryId(source, idOf);
    const resource = documentEntry(source, id, subject, (from, reference) =>
      names.get(`${from.provenance.memberId} ${localName(reference)}`),
    );
    if (resource === undefined) {
      unsaid.push(`${what} (${source.provenance.memberName})`);
      continue;
    }
    const entry = resource.resourceType === 'Device' ? deviceUse(resource, idOf, subject) : resource;
    entries.push(`urn:uuid:${entry.id ?? ''}`);
    const provenanceId = idOf(`provenance ${id}`);
    resources.push(...(entry === resource ? [resource] : [entry, resource]));
    resources.push(
      provenanceResource(provenanceId, { reference: `urn:uuid:${id}` }, source.provenance, { label: exchange }),
    );
  }
  if (absent !== undefined && entries.length === 0) {
    const absence = absenceEntry(
      absent,
      items.length === 0 && noneKnown.has(absent),
      idOf(`absence ${absent}`),
      subject,
    );
    entries.push(`urn:uuid:${absence.id ?? ''}`);
    resources.push(absence);
  }
  if (entries.length === 0) return { section: [], resources, unsaid };
  return {
    section: [
      {
        title,
        code: { coding: [{ system: systems.loinc, code: loinc, display }] },
        text: narrative(blocks),
        entry: entries.map((reference) => ({ reference })),
      },
    ],
    resources,
    unsaid,
  };
}

/** IPS lists the use of a device, not the device. */
function deviceUse(device: Device, idOf: (name: string) => string, subject: Reference<Patient>): DeviceUseStatement {
  return {
    resourceType: 'DeviceUseStatement',
    id: idOf(`use ${device.id ?? ''}`),
    status: device.status === 'inactive' ? 'completed' : 'active',
    subject,
    _timingDateTime: notKnown,
    device: { reference: `urn:uuid:${device.id ?? ''}` },
  } as DeviceUseStatement;
}

function entryId({ provenance, resource }: Sourced<ClinicalResource>, idOf: (name: string) => string): string {
  return idOf(`entry ${provenance.memberId} ${provenance.resource ?? JSON.stringify(resource)}`);
}

function namesAtMember({ provenance }: Sourced<ClinicalResource>): string[] {
  const { memberId, resource, alsoAs = [] } = provenance;
  return resource === undefined
    ? []
    : [resource, ...alsoAs].flatMap((name) => [`${memberId} ${name}`, `${memberId} ${name.split('/')[1] ?? ''}`]);
}

/** `Observation/1` of a relative or absolute reference, the bare id of a `urn:uuid:`. */
function localName(reference: string): string {
  if (reference.startsWith('urn:uuid:')) return reference.slice('urn:uuid:'.length);
  return reference
    .replace(/\/_history\/[^/]*$/, '')
    .split('/')
    .slice(-2)
    .join('/');
}

/** The strictest confidentiality of anything in it; normal when nobody says. */
function confidentialityOf(resources: readonly Resource[]): (typeof CONFIDENTIALITIES)[number] {
  const codes = resources
    .flatMap(({ meta }) => meta?.security ?? [])
    .filter(({ system }) => system === systems.confidentiality)
    .map(({ code }) => CONFIDENTIALITIES.findIndex((one) => one === code));
  return CONFIDENTIALITIES[Math.max(CONFIDENTIALITIES.indexOf('N'), ...codes)] ?? 'N';
}

function nameOf({ given, family }: PatientDemographics): string {
  const name = oneLine([...given, family[0] ?? ''].join(' '), 120);
  return name === '' ? 'a person whose name is not known' : name;
}
