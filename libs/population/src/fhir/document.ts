import { type Binary, type Consent, type DocumentReference } from '@medplum/fhirtypes';

import { DOCUMENT_TYPES } from '../clinical/care.js';
import { SYSTEMS } from '../clinical/concept.js';
import { type DirectiveFact, type DocumentFact } from '../clinical/fact.js';
import { type ChartContext, codeable, coded, metaOf } from './context.js';

const CATEGORY = 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category';

/** A document and the bytes it points to. */
export type DocumentPair = readonly [DocumentReference, Binary];

/** US Core 6.1.0 DocumentReference of a note in plain text, with the Binary that holds it (base64 of UTF-8). */
export function documentReference(fact: DocumentFact, context: ChartContext, n: number): DocumentPair {
  return pair(fact, DOCUMENT_TYPES[fact.type], fact.text, context, n);
}

/** An advance directive as a scanned document: DocumentReference of LOINC type 42348-3. */
export function directiveDocument(fact: DirectiveFact, context: ChartContext, n: number): DocumentPair {
  return pair(fact, DOCUMENT_TYPES['advance directive'], `Advance directive: ${fact.decision}.`, context, n);
}

function pair(
  fact: DocumentFact | DirectiveFact,
  type: (typeof DOCUMENT_TYPES)[keyof typeof DOCUMENT_TYPES],
  text: string,
  context: ChartContext,
  n: number,
): DocumentPair {
  const binaryId = `${context.id(n)}-content`;
  const bytes = new TextEncoder().encode(text);
  const reference: DocumentReference = {
    resourceType: 'DocumentReference',
    id: context.id(n),
    meta: metaOf('us-core-documentreference', fact.on, fact.sensitivity),
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:hie:document:${context.id(n)}` }],
    status: 'current',
    type: codeable(type),
    category: [coded(CATEGORY, 'clinical-note', 'Clinical Note')],
    subject: { reference: `Patient/${context.patientId}` },
    date: `${fact.on}T12:00:00Z`,
    author: [context.practitioner(n)],
    description: fact.kind === 'directive' ? fact.decision : type.text,
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          url: `Binary/${binaryId}`,
          size: bytes.length,
          title: type.text,
          creation: fact.on,
        },
        format: {
          system: 'urn:oid:1.3.6.1.4.1.19376.1.2.3',
          code: 'urn:ihe:iti:xds:2017:mimeTypeSufficient',
          display: 'mimeType Sufficient',
        },
      },
    ],
  };
  const binary: Binary = {
    resourceType: 'Binary',
    id: binaryId,
    meta: metaOf(undefined, fact.on, fact.sensitivity),
    contentType: 'text/plain; charset=utf-8',
    securityContext: { reference: `DocumentReference/${context.id(n)}` },
    data: btoa(String.fromCharCode(...bytes)),
  };
  return [reference, binary];
}

/** An advance directive as base R4 Consent: scope `adr`, LOINC category, the decision as text. */
export function directiveConsent(fact: DirectiveFact, context: ChartContext, n: number): Consent {
  return {
    resourceType: 'Consent',
    id: context.id(n),
    meta: metaOf(undefined, fact.on, fact.sensitivity),
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${fact.decision}</div>` },
    status: 'active',
    scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'adr', 'Advanced Care Directive'),
    category: [coded(SYSTEMS.loinc, '42348-3', 'Advance healthcare directives')],
    patient: { reference: `Patient/${context.patientId}` },
    dateTime: fact.on,
    performer: [{ reference: `Patient/${context.patientId}` }],
    organization: [{ reference: 'Organization/org', display: context.hospitalName }],
    sourceAttachment: { contentType: 'text/plain', title: fact.decision },
    policyRule: { text: fact.decision },
  };
}
