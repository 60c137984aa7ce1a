import type { RecordsLocated } from '@hie/contracts';
import type { PersonStandings } from '@hie/service-kit';

/**
 * The decision as it stands now: a denial, by the reason why, once what it was decided on does not hold any more.
 *
 * What then comes of the query is what comes of any denial. Whoever asks again gets what holds by then.
 *
 * @param at ms since the epoch.
 */
export function standingDecision(
  located: RecordsLocated,
  standings: Pick<PersonStandings, 'changeSince'>,
  at: number,
): RecordsLocated {
  const { basis, ...decision } = located.decision;
  const change = basis === undefined ? undefined : standings.changeSince(basis, at);
  if (change === undefined) return located;
  return { ...located, candidates: [], decision: { ...decision, effect: 'deny', rule: change } };
}
