import {
  type CodeableConcept,
  type Coding,
  type Identifier,
  type Period,
  type Reference,
  type Resource,
} from '@medplum/fhirtypes';

import { folded } from '../records/patient-index.js';
import { type TimeRange, timeRangeOf } from './time-range.js';

/** How a search parameter compares (FHIR R4, Search, section 3.1.1.4). */
export type ParameterKind = 'token' | 'string' | 'date' | 'reference';

/** What the searches of a resource look at, by parameter name. */
export type Facets = ReadonlyMap<string, readonly (string | TimeRange)[]>;

interface Parameter {
  readonly kind: ParameterKind;
  readonly values: (resource: Loose) => readonly unknown[];
}

/** Resources are read through their paths here: the table below says which of them exist. */
type Loose = Readonly<Record<string, unknown>>;

const at =
  (...path: readonly string[]) =>
  (resource: Loose): readonly unknown[] =>
    path.reduce<readonly unknown[]>(
      (values, key) => values.flatMap((value) => (value as Loose | undefined)?.[key] ?? []),
      [resource],
    );
const token = (...path: readonly string[]): Parameter => ({ kind: 'token', values: at(...path) });
const date = (...path: readonly string[]): Parameter => ({ kind: 'date', values: at(...path) });
const text = (...path: readonly string[]): Parameter => ({ kind: 'string', values: at(...path) });
const reference = (...path: readonly string[]): Parameter => ({ kind: 'reference', values: at(...path) });

const forEvery: Readonly<Record<string, Parameter>> = {
  _id: token('id'),
  _lastUpdated: date('meta', 'lastUpdated'),
  _security: token('meta', 'security'),
  identifier: token('identifier'),
};
const ofPatient = (element: 'patient' | 'subject'): Readonly<Record<string, Parameter>> => ({
  ...forEvery,
  patient: reference(element),
  ...(element === 'subject' ? { subject: reference(element) } : {}),
});

/**
 * Search parameters by resource type: those of the US Core 6.1.0 CapabilityStatement for servers, and of the base specification where
 * US Core has no profile (MedicationStatement, Consent). `patient.identifier` is understood for each type with `patient`.
 */
export const SEARCH_PARAMETERS: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  Patient: {
    ...forEvery,
    name: {
      kind: 'string',
      values: (resource) => [
        ...at('name', 'family')(resource),
        ...at('name', 'given')(resource),
        ...at('name', 'text')(resource),
      ],
    },
    family: text('name', 'family'),
    given: text('name', 'given'),
    birthdate: date('birthDate'),
    gender: token('gender'),
    telecom: token('telecom', 'value'),
    'address-city': text('address', 'city'),
    'address-state': text('address', 'state'),
    'address-postalcode': text('address', 'postalCode'),
  },
  AllergyIntolerance: {
    ...ofPatient('patient'),
    'clinical-status': token('clinicalStatus'),
    'verification-status': token('verificationStatus'),
    category: token('category'),
    criticality: token('criticality'),
    code: token('code'),
    date: date('recordedDate'),
  },
  MedicationRequest: {
    ...ofPatient('subject'),
    status: token('status'),
    intent: token('intent'),
    category: token('category'),
    code: token('medicationCodeableConcept'),
    authoredon: date('authoredOn'),
    encounter: reference('encounter'),
  },
  MedicationStatement: {
    ...ofPatient('subject'),
    status: token('status'),
    code: token('medicationCodeableConcept'),
    effective: date('effectivePeriod'),
  },
  Condition: {
    ...ofPatient('subject'),
    'clinical-status': token('clinicalStatus'),
    'verification-status': token('verificationStatus'),
    category: token('category'),
    code: token('code'),
    'onset-date': date('onsetDateTime'),
    'recorded-date': date('recordedDate'),
    encounter: reference('encounter'),
  },
  Encounter: {
    ...ofPatient('subject'),
    status: token('status'),
    class: token('class'),
    type: token('type'),
    date: date('period'),
  },
  Immunization: {
    ...ofPatient('patient'),
    status: token('status'),
    'vaccine-code': token('vaccineCode'),
    date: date('occurrenceDateTime'),
  },
  DiagnosticReport: {
    ...ofPatient('subject'),
    status: token('status'),
    category: token('category'),
    code: token('code'),
    date: date('effectiveDateTime'),
  },
  Observation: {
    ...ofPatient('subject'),
    status: token('status'),
    category: token('category'),
    code: token('code'),
    date: {
      kind: 'date',
      values: (resource) => [...at('effectiveDateTime')(resource), ...at('effectivePeriod')(resource)],
    },
  },
  Procedure: {
    ...ofPatient('subject'),
    status: token('status'),
    code: token('code'),
    date: {
      kind: 'date',
      values: (resource) => [...at('performedDateTime')(resource), ...at('performedPeriod')(resource)],
    },
  },
  DocumentReference: {
    ...ofPatient('subject'),
    status: token('status'),
    type: token('type'),
    category: token('category'),
    date: date('date'),
    period: date('context', 'period'),
  },
  Device: { ...ofPatient('patient'), status: token('status'), type: token('type') },
  Consent: {
    ...ofPatient('patient'),
    status: token('status'),
    scope: token('scope'),
    category: token('category'),
    date: date('dateTime'),
  },
};

/** Types that can be read but not searched. */
export const READ_ONLY_TYPES = ['Binary', 'Organization', 'Practitioner'] as const;

/** What each search parameter sees of a resource, those that see nothing left out; empty for types that are not searched. */
export function facetsOf(resource: Resource): Facets {
  const facets = new Map<string, readonly (string | TimeRange)[]>();
  for (const [name, { kind, values }] of Object.entries(SEARCH_PARAMETERS[resource.resourceType] ?? {})) {
    const found = values(resource as unknown as Loose).flatMap((value) => facetValues(kind, value));
    if (found.length > 0) facets.set(name, found.map(shared));
  }
  return facets;
}

// Codes are few and repeated in every chart: one string for all of them is a third of a kept chart's memory.
const strings = new Map<string, string>();
const MAX_STRINGS = 5_000;

function shared(value: string | TimeRange): string | TimeRange {
  if (typeof value !== 'string') return value;
  const known = strings.get(value);
  if (known !== undefined) return known;
  if (strings.size < MAX_STRINGS) strings.set(value, value);
  return value;
}

function facetValues(kind: ParameterKind, value: unknown): readonly (string | TimeRange)[] {
  switch (kind) {
    case 'token':
      return tokensOf(value as string | Coding | CodeableConcept | Identifier);
    case 'string':
      return [folded(String(value))];
    case 'reference':
      return [(value as Reference).reference ?? ''];
    case 'date': {
      const period = value as Period;
      const range = typeof value === 'string' ? timeRangeOf(value) : spanOf(period);
      return range === undefined ? [] : [range];
    }
  }
}

function spanOf({ start, end }: Period): TimeRange | undefined {
  const from = start === undefined ? undefined : timeRangeOf(start);
  const to = end === undefined ? undefined : timeRangeOf(end);
  if (from === undefined && to === undefined) return undefined;
  return { start: from?.start ?? Number.NEGATIVE_INFINITY, end: to?.end ?? Number.POSITIVE_INFINITY };
}

/** `system|code` for each coding, `|value` for a bare code. */
function tokensOf(value: string | Coding | CodeableConcept | Identifier): readonly string[] {
  if (typeof value === 'string') return [`|${value}`];
  if ('coding' in value) return (value.coding ?? []).flatMap(tokensOf);
  if ('value' in value) return [`${value.system ?? ''}|${value.value ?? ''}`];
  return 'code' in value ? [`${value.system ?? ''}|${value.code ?? ''}`] : [];
}
