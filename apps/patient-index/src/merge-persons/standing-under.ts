import type { PersonMerged } from '@hie/contracts';

import type { StoredEvent } from '../identity-store/identity-event.repository.js';
import type { MergeEvent } from '../identity-store/identity-event.js';
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
export const standingUnder = (...asked: Parameters<typeof stoodUnder>): Standing[] =>
  stoodUnder(...asked).map(withMargin);

/** The same without a margin. */
function stoodUnder(
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
    if (root !== personId && since <= until) standings.push({ personId: root, since, until });
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

/** Whom each merged person redirects to after all of these. */
function survivorsAfter(merges: readonly StoredEvent<MergeEvent>[]): ReadonlyMap<string, string> {
  const survivors = new Map<string, string>();
  for (const { kind, personId, details } of merges) {
    if (kind === 'merged') survivors.set(personId, details.survivorId);
    else survivors.delete(personId);
  }
  return survivors;
}

/** What is told of one person. */
export type Told = Pick<PersonMerged, 'personId' | 'stoodUnder'>;

/**
 * What is to be told of persons who were just merged or parted, and of everybody who was merged into them before: under whose ids they have
 * been answered for until now, and are.
 *
 * @param merges all merges and their taking back, in order, those of these persons among them.
 */
export function toldOf(personIds: readonly string[], merges: readonly StoredEvent<MergeEvent>[]): readonly Told[] {
  const survivors = survivorsAfter(merges);
  const survivorOf = (id: string): string | undefined => survivors.get(id);
  const isUnder = (id: string): boolean => {
    for (let current: string | undefined = id; current !== undefined; current = survivors.get(current))
      if (personIds.includes(current)) return true;
    return false;
  };
  const within = { since: new Date(0), until: merges.at(-1)?.at ?? new Date(0) };
  return [...new Set([...personIds, ...[...survivors.keys()].filter(isUnder)])].flatMap((personId) => {
    const standings = stoodUnder(personId, merges, within);
    const isMerged = rootOf({ survivorOf }, personId) !== personId;
    const told = standings.flatMap(({ personId: id, since, until }, at) => {
      const isOpen = isMerged && at === standings.length - 1;
      // Nobody was answered for in no time.
      if (!isOpen && since >= until) return [];
      return [{ personId: id, since: since.toISOString(), ...(isOpen ? {} : { until: until.toISOString() }) }];
    });
    return told.length === 0 ? [] : [{ personId, stoodUnder: told }];
  });
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);
const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const moved = (at: Date, by: 1 | -1): Date => new Date(at.getTime() + by * MARGIN_MS);
