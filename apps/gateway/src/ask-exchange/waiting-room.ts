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
 * way, so that one member's flood leaves the others their share; among equals who came first.
 *
 * @param waiting in the order of their coming.
 * @returns the place of the next in `waiting`, -1 where nobody waits.
 */
export function nextToEnter(waiting: readonly Waiting[], underWay: ReadonlyMap<string, number>): number {
  let best = -1;
  waiting.forEach((one, at) => {
    const leader = waiting[best];
    if (leader === undefined || goesBefore(one, leader, underWay)) best = at;
  });
  return best;
}

function goesBefore(one: Waiting, other: Waiting, underWay: ReadonlyMap<string, number>): boolean {
  const urgency = Number(urgent.includes(one.purpose)) - Number(urgent.includes(other.purpose));
  if (urgency !== 0) return urgency > 0;
  return (underWay.get(one.memberId) ?? 0) < (underWay.get(other.memberId) ?? 0);
}
