import type { StoredEvent } from '../identity-store/identity-event.repository.js';
import type { Standing } from './standing-under.js';

const ends: ReadonlySet<string> = new Set(['unlinked', 'record-retracted']);

/**
 * When a record was linked to a person, the last time that it was.
 *
 * @param events of the record, in order. @param now the end of a stay that lasts.
 * @returns `undefined` for a record that never was.
 */
export function lastStay(personId: string, events: readonly StoredEvent[], now: Date): Standing | undefined {
  const begins = events.findLastIndex((event) => event.kind === 'linked' && event.personId === personId);
  const since = events[begins]?.at;
  if (since === undefined) return undefined;
  return { personId, since, until: events.slice(begins + 1).find(({ kind }) => ends.has(kind))?.at ?? now };
}
