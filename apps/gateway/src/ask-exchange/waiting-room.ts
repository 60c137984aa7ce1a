import type { Purpose } from '@hie/purpose-of-use';

/** Somebody who waits to ask. */
export interface Waiting {
  readonly memberId: string;
  readonly purpose: Purpose;
}

/** Purposes behind which somebody's life may stand. */
const urgent: readonly Purpose[] = ['ETREAT', 'BTG'];

/**
 * Decides who of those waiting is next: an emergency before everything else, then whose member has the fewest queries under
 * way, so that one member's flood leaves the others their share; among equals who came first. Whose member has all the places that
 * one may have waits on, but for an emergency: no share of a place is worth a patient.
 *
 * @param waiting in the order of their coming.
 * @param mostEach queries of one member that may be under way at once, emergencies aside.
 * @returns the place of the next in `waiting`, -1 where nobody waits who may enter.
 */
export function nextToEnter(
  waiting: readonly Waiting[],
  underWay: ReadonlyMap<string, number>,
  mostEach: number,
): number {
  let best = -1;
  waiting.forEach((one, at) => {
    if (!isUrgent(one) && (underWay.get(one.memberId) ?? 0) >= mostEach) return;
    const leader = waiting[best];
    if (leader === undefined || goesBefore(one, leader, underWay)) best = at;
  });
  return best;
}

/** How many of all places one member may have: a share of them, and at least one. */
export const placesOfEach = (places: number, share: number): number => Math.max(1, Math.floor(places * share));

const isUrgent = ({ purpose }: Waiting): boolean => urgent.includes(purpose);

function goesBefore(one: Waiting, other: Waiting, underWay: ReadonlyMap<string, number>): boolean {
  const urgency = Number(isUrgent(one)) - Number(isUrgent(other));
  if (urgency !== 0) return urgency > 0;
  return (underWay.get(one.memberId) ?? 0) < (underWay.get(other.memberId) ?? 0);
}
