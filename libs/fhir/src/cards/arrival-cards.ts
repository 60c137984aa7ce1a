import { allergyCards } from './allergy-cards.js';
import type { Card, CardContext } from './card.js';
import { coverageCard } from './coverage-card.js';
import { otherCards, problemCards } from './finding-cards.js';
import { medicationCards } from './medication-cards.js';

const INDICATORS: readonly Card['indicator'][] = ['critical', 'warning', 'info'];

/**
 * The cards of one answer, most urgent first; within one urgency: allergies, medications, problems, directives, implants, coverage.
 *
 * Every text of a member is escaped and cut; every claim of absence stands with the count of sources it rests on; the coverage card is
 * always there, so that an answer is never empty.
 *
 * @example
 *   reply.send({ cards: arrivalCards({ record, coverage, queryUrl, source, receipt, uuidOf }) });
 */
export function arrivalCards(context: CardContext): Card[] {
  const cards = [
    ...allergyCards(context),
    ...medicationCards(context),
    ...problemCards(context),
    ...otherCards(context),
    coverageCard(context),
  ];
  return cards.sort((a, b) => INDICATORS.indexOf(a.indicator) - INDICATORS.indexOf(b.indicator));
}
