import { type FhirResponse } from '../fhir-server/operation-outcome.js';
import { type LooseBundle, type LooseEntry, eachSearchset } from './spoil.js';

type Json = Readonly<Record<string, unknown>>;

/** Stands in everything that is slipped in, and in nothing else. */
const MARK = 'Smuggled';
const STRANGER = { resourceType: 'Patient', id: 'stranger', name: [{ family: MARK }], birthDate: '1950-01-01' };

/**
 * What a front end answers that mixes several systems: beside what was asked for, entries about another patient and about the same id at
 * another server, entries that are only links there; and inside an honest entry another patient, what that one has, and references to both.
 *
 * @param elsewhere URL of the other server
 */
export const withStrangers = (response: FhirResponse, elsewhere: string): FhirResponse =>
  eachSearchset(response, (searchset) => ({ ...searchset, entry: mixedIn(searchset, elsewhere) }));

/** Says of every searchset that there is more of it at this URL. */
export const withNextPage = (response: FhirResponse, url: string): FhirResponse =>
  eachSearchset(response, ({ link = [], ...searchset }) => ({
    ...searchset,
    link: [...link.filter(({ relation }) => relation !== 'next'), { relation: 'next', url }],
  }));

function mixedIn({ entry }: LooseBundle, elsewhere: string): readonly LooseEntry[] {
  const [first, ...rest] = entry;
  const { resource } = first ?? {};
  const subject = ['patient', 'subject'].find((name) => resource?.[name] !== undefined);
  if (first === undefined || resource === undefined || subject === undefined) return entry;
  const { reference } = resource[subject] as { readonly reference: string };
  const type = String(resource['resourceType']);
  const about = (id: string, patient: string): LooseEntry => ({
    fullUrl: `${elsewhere}/${type}/${id}`,
    resource: { ...named(resource), id, [subject]: { reference: patient } },
  });
  return [
    { ...first, resource: mixed(resource, elsewhere) },
    about('another-patients', 'Patient/stranger'),
    about('another-servers', `${elsewhere}/${reference}`),
    { fullUrl: `${elsewhere}/${type}/1` },
    { fullUrl: `${elsewhere}/Patient/stranger`, resource: STRANGER },
    ...rest,
  ];
}

/** The same under a name that shows where it came from. */
const named = (resource: Json): Json => {
  const name = resource['medicationCodeableConcept'] === undefined ? 'code' : 'medicationCodeableConcept';
  return { ...resource, [name]: { text: `${MARK} by an entry` } };
};

const mixed = (resource: Json, elsewhere: string): Json => ({
  ...resource,
  contained: [
    STRANGER,
    {
      resourceType: 'AllergyIntolerance',
      id: 'strangers',
      patient: { reference: '#stranger' },
      code: { text: `${MARK} in a contained resource` },
    },
  ],
  recorder: { reference: '#stranger', display: `${MARK} by a local reference` },
  asserter: { reference: `${elsewhere}/Patient/9`, display: `${MARK} by a reference elsewhere` },
  extension: [{ url: `${elsewhere}/extension`, valueReference: { reference: 'Patient/stranger', display: MARK } }],
});
