import type { Address, HumanName, Patient } from '@medplum/fhirtypes';

import type { DemographicAddress, Demographics } from './demographics.js';

/** The parts of `Demographics` that travel between services; further names are optional. */
export type PatientDemographics = Omit<Demographics, 'furtherNames'> & Partial<Pick<Demographics, 'furtherNames'>>;

/**
 * A Patient as it leaves the exchange: under the requester's own handle, with what was asked about and nothing of any member's record
 * (no members' ids but those in `demographics.identifiers`, which the caller chooses).
 */
export function patientFromDemographics(demographics: PatientDemographics, id?: string): Patient {
  const {
    given,
    family,
    suffix,
    birthDate,
    sex,
    phones,
    emails,
    addresses,
    identifiers,
    furtherNames = [],
  } = demographics;
  const [current, ...former] = family;
  const official: HumanName = {
    use: 'official',
    ...(current !== undefined && { family: current }),
    ...(given.length > 0 && { given: [...given] }),
    ...(suffix !== undefined && { suffix: [suffix] }),
  };
  const told = new Set(furtherNames.map((name) => name.family));
  const names: HumanName[] = [
    ...(current !== undefined || given.length > 0 ? [official] : []),
    ...furtherNames.map((name): HumanName => ({
      use: 'old',
      ...(name.family !== '' && { family: name.family }),
      ...(name.given.length > 0 && { given: name.given }),
    })),
    ...former.filter((name) => !told.has(name)).map((name): HumanName => ({ use: 'old', family: name })),
  ];
  const telecom = [
    ...phones.map((value) => ({ system: 'phone' as const, value })),
    ...emails.map((value) => ({ system: 'email' as const, value })),
  ];
  return {
    resourceType: 'Patient',
    ...(id !== undefined && { id }),
    ...(identifiers.length > 0 && { identifier: identifiers.map(({ system, value }) => ({ system, value })) }),
    ...(names.length > 0 && { name: names }),
    ...(telecom.length > 0 && { telecom }),
    ...(sex !== undefined && { gender: sex }),
    ...(birthDate !== undefined && { birthDate }),
    ...(addresses.length > 0 && { address: addresses.map(toAddress) }),
  };
}

function toAddress({ street, unit, city, state, postalCode }: DemographicAddress): Address {
  const line = [street, unit].filter((one) => one !== undefined);
  return {
    ...(line.length > 0 && { line }),
    ...(city !== undefined && { city }),
    ...(state !== undefined && { state }),
    ...(postalCode !== undefined && { postalCode }),
  };
}
