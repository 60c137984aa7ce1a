import { setTimeout as pause } from 'node:timers/promises';

import type { TellStory } from '../exchange-seam.js';
import type { OAuthClient } from '@hie/exchange-client';
import type { ComposedExchange } from '../exchange/start-exchange.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import { type ArrivalAnswer, EMERGENCY, askOnArrival } from './ask-on-arrival.js';
import { type Arrival, choosePatient } from './choose-patient.js';
import { untold } from './judge-story.js';
import { showArrival, showCards, showHops, showReceipt, showRest, showWhereToLook } from './show.js';
import { traceHops } from './trace-hops.js';
import { verifyReceipt } from './verify-receipt.js';

/** What followed the first answer: the stages released since. */
export interface Followed {
  readonly stages: readonly { readonly stage: string; readonly cards: readonly unknown[] }[];
  readonly ended: boolean;
}

/**
 * Plays an emergency: a patient arrives at one hospital, the EMR asks, and what the other hospitals hold comes back with a receipt.
 *
 * @throws LocalExchangeError `story-untold` when the answer came without what the story is about (`untold`); as `choosePatient` and
 *   `askOnArrival` do.
 */
export const tellStory: TellStory = async (started, { print }) => {
  const exchange = started as ComposedExchange;
  const arrival = await choosePatient(exchange);
  const emr = exchange.clientOf(arrival.hospital);
  // The token is fetched once a shift, not once a patient; the connection stands as well.
  await emr.token(EMERGENCY);
  showArrival(print, arrival);
  const answer = await askOnArrival(exchange, emr, arrival);
  const txn = answer.queryUrl.split('/').at(-1) ?? '';
  const { hops, entries } = await traceHops(exchange, txn);
  showHops(print, hops, answer);
  showCards(print, answer);
  const verification = await verifyReceipt(exchange, answer.receipt);
  showReceipt(print, answer.receipt, verification);
  const followed = await follow(emr, answer);
  showRest(print, followed);
  showWhereToLook(print, exchange, answer);
  const [missing] = untold(arrival.hospital, arrival.parts, answer, verification);
  if (missing !== undefined) throw new LocalExchangeError('story-untold', { missing });
  return { arrival: publicPart(arrival), answer, hops, verification, followed, entries };
};

async function follow(emr: OAuthClient, { queryUrl }: ArrivalAnswer): Promise<Followed> {
  for (let attempt = 0; ; attempt += 1) {
    const followed = (await emr.call('GET', queryUrl, EMERGENCY)).json<Followed>();
    if (followed.ended || attempt === 50) return followed;
    await pause(100);
  }
}

const publicPart = ({ hospital, patient, title, narrative, parts }: Arrival) => ({
  title,
  narrative,
  hospital: hospital.name,
  patient,
  parts: parts.map(({ what, holder }) => ({ what, holder: holder.name })),
});
