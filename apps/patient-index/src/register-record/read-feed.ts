// IHE PIXm 3.1.0, Patient Identity Feed FHIR [ITI-104]: https://profiles.ihe.net/ITI/PIXm/ITI-104.html
import { demographicsFromPatient, readIdentifierToken } from '@hie/fhir';
import { z } from 'zod';

import type { StoredRecord } from '../identity-store/stored-record.js';

/** Why one entry of a feed was not taken; a stable code each. */
export type FeedFault =
  | 'unknown-interaction'
  | 'invalid-parameter'
  | 'unprocessable-resource'
  | 'identifier-mismatch'
  | 'identifier-of-another';

export type FeedEntry =
  | { readonly kind: 'record'; readonly record: StoredRecord }
  | { readonly kind: 'fault'; readonly fault: FeedFault; readonly status: number };

const statuses: Record<FeedFault, number> = {
  'unknown-interaction': 404,
  'invalid-parameter': 400,
  'unprocessable-resource': 422,
  'identifier-mismatch': 422,
  'identifier-of-another': 403,
};

export const fault = (code: FeedFault): Extract<FeedEntry, { kind: 'fault' }> => ({
  kind: 'fault',
  fault: code,
  status: statuses[code],
});

export type FeedIdentifier =
  | { readonly kind: 'identifier'; readonly identifier: StoredRecord['identifier'] }
  | Extract<FeedEntry, { kind: 'fault' }>;

/**
 * Reads which record a conditional interaction is about: `Patient?identifier=system|value`.
 *
 * @param isOwn whether the feeding member assigns identifiers under a system: nobody feeds under another's.
 */
export function readFeedIdentifier(url: string, isOwn: (system: string) => boolean): FeedIdentifier {
  const [path, query = ''] = url.replace(/^\/+/, '').split('?', 2);
  if (path !== 'Patient') return fault('unknown-interaction');
  const parameters = new URLSearchParams(query);
  const token = parameters.get('identifier');
  if (token === null || [...parameters.keys()].length !== 1) return fault('invalid-parameter');
  const identifier = readIdentifierToken(token);
  if (identifier?.system === undefined || identifier.value === undefined) return fault('invalid-parameter');
  const { system, value } = identifier;
  return isOwn(system) ? { kind: 'identifier', identifier: { system, value } } : fault('identifier-of-another');
}

/**
 * Reads one conditional update of the feed: `PUT Patient?identifier=system|value` with the Patient as body; `isOwn` as `readFeedIdentifier`.
 *
 * A Patient that is not active and has a link `replaced-by` with an identifier is the member's merge (3.104.4.1.3): the identifier asked for is
 * the subsumed one.
 */
export function readFeedEntry(url: string, resource: unknown, isOwn: (system: string) => boolean): FeedEntry {
  const about = readFeedIdentifier(url, isOwn);
  if (about.kind === 'fault') return about;
  const { system, value } = about.identifier;
  const read = demographicsFromPatient(resource);
  if (!read.ok) return fault('unprocessable-resource');
  if (!read.demographics.identifiers.some((each) => each.system === system && each.value === value)) {
    return fault('identifier-mismatch');
  }
  const replaced = readReplacement(resource);
  if (replaced === 'unreadable') return fault('unprocessable-resource');
  if (replaced !== undefined && !isOwn(replaced.system)) return fault('identifier-of-another');
  if (replaced?.system === system && replaced.value === value) return fault('unprocessable-resource');
  return {
    kind: 'record',
    record: {
      identifier: { system, value },
      demographics: read.demographics,
      ...besidesDemographics(resource),
      ...(replaced === undefined ? {} : { replacedBy: replaced }),
    },
  };
}

const replacementSchema = z.object({
  active: z.literal(false),
  link: z.array(z.looseObject({ type: z.string() })).min(1),
});
const survivorSchema = z.object({
  other: z.object({
    identifier: z.object({ system: z.string().trim().min(1).max(256), value: z.string().trim().min(1).max(256) }),
  }),
});

/** Which number has taken this one's place; `unreadable` for a link that says so and names none, or several. */
function readReplacement(resource: unknown): StoredRecord['replacedBy'] | 'unreadable' {
  const read = replacementSchema.safeParse(resource);
  const links = read.success ? read.data.link.filter(({ type }) => type === 'replaced-by') : [];
  if (links.length === 0) return undefined;
  const survivor = survivorSchema.safeParse(links[0]);
  return links.length > 1 || !survivor.success ? 'unreadable' : survivor.data.other.identifier;
}

/** What else the index keeps of a Patient; `read.ok` has shown that the resource is one, of bounded size. */
function besidesDemographics(resource: unknown): Pick<StoredRecord, 'patientId' | 'temporary' | 'deceased'> {
  const { id, name, deceasedBoolean, deceasedDateTime } = resource as Readonly<Record<string, unknown>>;
  const uses = (Array.isArray(name) ? (name as { readonly use?: unknown }[]) : []).map(({ use }) => use);
  const isStandIn = uses.length > 0 && uses.every((use) => use === 'temp' || use === 'anonymous');
  return {
    ...(typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id) ? { patientId: id } : {}),
    ...(isStandIn ? { temporary: true } : {}),
    ...(deceasedBoolean === true || typeof deceasedDateTime === 'string' ? { deceased: true } : {}),
  };
}
