import type { MergeEvent, StoredEvent } from '../identity-store/identity-event.repository.js';
import { rootOf } from '../identity-store/person-forest.js';

/** A time during which a person was answered for under an id. */
export interface Standing {
  readonly personId: string;
  readonly since: Date;
  readonly until: Date;
}

/** How far the clock of an answer and that of a merge may lie apart: the index knows of a merge a moment before or after the table. */
export const MARGIN_MS = 5_000;

/**
 * Under which ids, other than its own, a person was answered for: the persons it was merged into, those they were merged into, and
 * when. A margin is added on both sides, because an answer decided just before the end of a merge is stored just after it.
 *
 * @param merges all merges and their taking back, in order.
 * @param within the time that is asked about.
 */
export function standingUnder(
  personId: string,
  merges: readonly StoredEvent<MergeEvent>[],
  within: { readonly since: Date; readonly until: Date },
): Standing[] {
  const survivors = new Map<string, string>();
  const standings: Standing[] = [];
  let root = personId;
  let from = within.since;
  const close = (at: Date): void => {
    const [since, until] = [later(from, within.since), earlier(at, within.until)];
    if (root !== personId && since <= until) standings.push(withMargin({ personId: root, since, until }));
  };
  for (const { kind, personId: subject, details, at } of merges) {
    if (kind === 'merged') survivors.set(subject, details.survivorId);
    else survivors.delete(subject);
    const now = rootOf({ survivorOf: (id) => survivors.get(id) }, personId);
    if (now === root) continue;
    close(at);
    root = now;
    from = at;
  }
  close(within.until);
  return standings;
}

/** A margin on both sides. */
export const withMargin = ({ personId, since, until }: Standing): Standing => ({
  personId,
  since: moved(since, -1),
  until: moved(until, 1),
});

const later = (a: Date, b: Date): Date => (a > b ? a : b);
const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const moved = (at: Date, by: 1 | -1): Date => new Date(at.getTime() + by * MARGIN_MS);
