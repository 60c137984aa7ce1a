import type { Address, ContactPoint, HumanName, Patient } from '@medplum/fhirtypes';

import { faultIn, identifier, list, object, period, type Shape } from '../merge/element-shape.js';
import { readBounded } from '../merge/read-resource.js';
import { oneLine } from '../terminology/plain-text.js';
import { type DemographicAddress, demographicLimits, type Demographics, type FurtherName } from './demographics.js';

/** What was read of a Patient, or where it could not be read. */
export type ReadDemographics =
  | {
      readonly ok: true;
      readonly demographics: Demographics;
      /** Elements of which more was sent than is read (`Patient.name`). A search made with them was not made with all that was known. */
      readonly cut: readonly string[];
    }
  | { readonly ok: false; readonly code: 'unprocessable-resource'; readonly expression: string };

const patientShape: Shape = object({
  name: list(
    object({ use: 'string', text: 'string', family: 'string', given: list('string'), suffix: list('string'), period }),
  ),
  birthDate: 'string',
  gender: 'string',
  telecom: list(object({ system: 'string', value: 'string', use: 'string', rank: 'number' })),
  address: list(
    object({
      use: 'string',
      line: list('string'),
      city: 'string',
      state: 'string',
      postalCode: 'string',
      text: 'string',
    }),
  ),
  identifier: list(identifier),
});

const SEXES = ['male', 'female', 'other', 'unknown'] as const;
/** Current names first. */
const NAME_USES = ['official', 'usual', undefined, 'temp', 'maiden', 'old', 'nickname', 'anonymous'];
const ADDRESS_USES = ['home', undefined, 'temp', 'work', 'billing', 'old'];
const UNIT = /^(?:apt|apartment|unit|suite|ste|fl|floor|room|rm|#|bldg|building|lot|trlr)\b|^#/i;

/**
 * Reads who a Patient (R4, https://hl7.org/fhir/R4/patient.html) is, within `demographicLimits`.
 *
 * @param value anything a caller may have sent
 */
export function demographicsFromPatient(value: unknown): ReadDemographics {
  const bounded = readBounded(value);
  if (!bounded.ok || bounded.resource['resourceType'] !== 'Patient') return refused('Patient');
  const fault = faultIn(bounded.resource, patientShape);
  if (fault !== undefined) return refused(`Patient.${fault}`);
  return { ok: true, ...read(bounded.resource as unknown as Patient) };
}

function refused(expression: string): ReadDemographics {
  return { ok: false, code: 'unprocessable-resource', expression };
}

function read(patient: Patient): { demographics: Demographics; cut: readonly string[] } {
  const cut = new Set<string>();
  const upTo = <T>(most: number, element: string, all: readonly T[]): T[] => {
    if (all.length > most) cut.add(`Patient.${element}`);
    return all.slice(0, most);
  };
  const text = (element: string, raw: string | undefined): string => {
    if (raw === undefined) return '';
    if (raw.length > demographicLimits.textLength) {
      cut.add(`Patient.${element}`);
      return '';
    }
    return oneLine(raw, demographicLimits.textLength);
  };
  const texts = (element: string, raw: readonly (string | undefined)[]): string[] => [
    ...new Set(raw.map((one) => text(element, one)).filter((one) => one !== '')),
  ];

  const names = byUse(patient.name ?? [], NAME_USES).map((name) => nameParts(name, (raw) => text('name', raw)));
  const [current, ...others] = names.filter(({ given, family }) => given.length > 0 || family !== '');
  const birthDate = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/.test(patient.birthDate ?? '') ? patient.birthDate : undefined;
  const sex = SEXES.find((one) => one === patient.gender);
  const suffix = text('name', byUse(patient.name ?? [], NAME_USES)[0]?.suffix?.[0]);

  const demographics: Demographics = {
    given: upTo(demographicLimits.given, 'name', current?.given ?? []),
    family: upTo(demographicLimits.family, 'name', [
      ...new Set(names.map(({ family }) => family).filter((one) => one !== '')),
    ]),
    ...(suffix !== '' && { suffix }),
    ...(birthDate !== undefined && { birthDate }),
    ...(sex !== undefined && { sex }),
    phones: upTo(demographicLimits.phones, 'telecom', texts('telecom', contacts(patient, ['phone', 'sms']))),
    emails: upTo(demographicLimits.emails, 'telecom', texts('telecom', contacts(patient, ['email']))),
    addresses: upTo(demographicLimits.addresses, 'address', byUse(patient.address ?? [], ADDRESS_USES))
      .map((address) => addressParts(address, (raw) => text('address', raw)))
      .filter((address) => Object.keys(address).length > 0),
    identifiers: upTo(
      demographicLimits.identifiers,
      'identifier',
      (patient.identifier ?? [])
        .map(({ system, value }) => ({ system: text('identifier', system), value: text('identifier', value) }))
        .filter(({ system, value }) => system !== '' && value !== ''),
    ),
    furtherNames: upTo(demographicLimits.furtherNames, 'name', others),
  };
  return { demographics, cut: [...cut].sort() };
}

function byUse<T extends { readonly use?: string | undefined }>(
  values: readonly T[],
  order: readonly (string | undefined)[],
): T[] {
  const rank = ({ use }: T): number => (order.includes(use) ? order.indexOf(use) : order.length);
  return values.toSorted((a, b) => rank(a) - rank(b));
}

/** A name in parts; one that is only written out is "Family, Given Middle" or "Given Middle Family". */
function nameParts(
  { family, given = [], text: written }: HumanName,
  clean: (raw: string | undefined) => string,
): FurtherName {
  if ((family === undefined || family === '') && given.length === 0) {
    const [last = '', rest] = clean(written).split(/\s*,\s*/, 2);
    const words = (rest ?? last).split(' ').filter((word) => word !== '');
    return rest === undefined
      ? { given: words.slice(0, -1), family: words.at(-1) ?? '' }
      : { given: words, family: last };
  }
  return { given: given.map(clean).filter((one) => one !== ''), family: clean(family) };
}

function contacts(
  { telecom = [] }: Patient,
  systems: readonly (ContactPoint['system'] | undefined)[],
): (string | undefined)[] {
  const rank = ({ rank: given = 99, use }: ContactPoint): number => given + (use === 'old' ? 1000 : 0);
  return telecom
    .filter(({ system }) => systems.includes(system))
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ value }) => value?.replace(/^(?:tel|mailto|sms):/i, ''));
}

function addressParts(
  { line = [], city, state, postalCode }: Address,
  clean: (raw: string | undefined) => string,
): DemographicAddress {
  const lines = line.map(clean).filter((one) => one !== '');
  const unit = lines.find((one, at) => at > 0 && UNIT.test(one));
  const parts = {
    street: lines.filter((one) => one !== unit).join(', '),
    unit: unit ?? '',
    city: clean(city),
    state: clean(state),
    postalCode: clean(postalCode),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''));
}
