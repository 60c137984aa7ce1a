import type { Demographics } from '@hie/contracts';

import type { StoredRecord } from './stored-record.js';

/** So many former values of one kind are kept, the newest first. */
export const MOST_FORMER = 4;

/**
 * What a record said before and says no more: the name before a marriage, the address before a move. Other members may know no other.
 *
 * Numbers of an authority are not among them: a number does not change, so the one that was replaced was wrong, and would speak for whoever
 * it belongs to.
 */
export interface FormerValues {
  readonly names: Demographics['furtherNames'];
  readonly birthDates: readonly string[];
  readonly addresses: Demographics['addresses'];
  readonly phones: Demographics['phones'];
  readonly emails: Demographics['emails'];
}

/** Demographics with everything that they were; several dates of birth where one was corrected. */
export interface DemographicsOverTime extends Omit<Demographics, 'birthDate'> {
  readonly birthDate: readonly string[];
}

/** A content as its member fed it, to know the same again. */
export function asFed({ former: _former, ...content }: StoredRecord): StoredRecord {
  return content;
}

/**
 * A record's new content with what the one before said, for a patient who is still the same.
 *
 * @param isStandIn whether the content before stood in for somebody unknown: what is guessed of a stranger is nobody's former name.
 */
export function withFormerValues(before: StoredRecord, next: StoredRecord, isStandIn: boolean): StoredRecord {
  if (isStandIn) return next;
  const [old, now] = [demographicsOverTime(before), demographicsOverTime(next)];
  const former: FormerValues = {
    names: gone(namesOf(old), namesOf(now)),
    birthDates: gone(old.birthDate, now.birthDate),
    addresses: gone(old.addresses, now.addresses),
    phones: gone(old.phones, now.phones),
    emails: gone(old.emails, now.emails),
  };
  return Object.values(former).some(({ length }: readonly unknown[]) => length > 0) ? { ...next, former } : next;
}

export function demographicsOverTime({ demographics, former }: StoredRecord): DemographicsOverTime {
  const { birthDate, furtherNames, addresses, phones, emails, ...rest } = demographics;
  return {
    ...rest,
    birthDate: [...(birthDate === undefined ? [] : [birthDate]), ...(former?.birthDates ?? [])],
    furtherNames: [...furtherNames, ...(former?.names ?? [])],
    addresses: [...addresses, ...(former?.addresses ?? [])],
    phones: [...phones, ...(former?.phones ?? [])],
    emails: [...emails, ...(former?.emails ?? [])],
  };
}

const namesOf = ({ given, family, furtherNames }: DemographicsOverTime): Demographics['furtherNames'] =>
  [{ given, family: family[0] ?? '' }, ...furtherNames].filter((name) => name.given.length > 0 || name.family !== '');

/** What is no longer among the values, each once, newest first. */
function gone<T>(old: readonly T[], now: readonly T[]): T[] {
  const seen = new Set(now.map(keyOf));
  return old.filter((value) => !seen.has(keyOf(value)) && seen.add(keyOf(value))).slice(0, MOST_FORMER);
}

const keyOf = (value: unknown): string => JSON.stringify(value).normalize('NFKC').toLowerCase();
