import type { SimulatedHospital } from '../exchange/hospitals.js';
import type { ArrivalAnswer } from './ask-on-arrival.js';
import type { Verification } from './verify-receipt.js';

/** Something that another hospital holds and that the answer has to bring. */
export interface StoryPart {
  /** As a sentence names it: `the severe allergy`. */
  readonly what: string;
  /** Topics of the cards that may say it (`cardTopics`). */
  readonly topics: readonly string[];
  readonly holder: Pick<SimulatedHospital, 'id' | 'name'>;
}

/**
 * What of a story did not happen, each in words; nothing when all of it did.
 *
 * It happened when every part came from the hospital that holds it, which answered and whose name stands on a card of the part's topic,
 * when these are different hospitals and none of them the one where the patient arrives, and when the receipt verifies. Pure.
 */
export function untold(
  arrivesAt: Pick<SimulatedHospital, 'id'>,
  parts: readonly StoryPart[],
  answer: Pick<ArrivalAnswer, 'cards' | 'coverage'>,
  { steps }: Verification,
): readonly string[] {
  const holders = new Set([arrivesAt.id, ...parts.map(({ holder }) => holder.id)]);
  return [
    ...(holders.size === parts.length + 1 ? [] : ['hospitals of its own for each part']),
    ...parts.flatMap((part) => missingOf(part, answer)),
    ...steps.filter(({ ok }) => !ok).map(({ step }) => `that ${step}`),
  ];
}

function missingOf(
  { what, topics, holder }: StoryPart,
  { cards, coverage }: Pick<ArrivalAnswer, 'cards' | 'coverage'>,
): readonly string[] {
  const status = coverage.find(({ memberId }) => memberId === holder.id)?.status ?? 'not asked';
  if (status !== 'answered') return [`${what} of ${holder.name}, which was ${status}`];
  const isSaid = cards.some(
    ({ source, detail }) => topics.includes(source.topic?.code ?? '') && detail.includes(holder.name),
  );
  return isSaid ? [] : [`a card with ${what} of ${holder.name}`];
}
