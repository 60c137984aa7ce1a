import type { MergedMedication } from '../merge/merged-record.js';
import type { DrugAlert } from '../terminology/drug-classes.js';
import { listed, oneLine } from '../terminology/plain-text.js';
import { type Card, card, type CardContext, type CardTopic, cardTopics } from './card.js';
import { bullets, markdownText, shortTitle } from './markdown.js';
import { orderLine } from './source-line.js';

/** Cards in their order, each with the alerts it gathers; a medication stands on the first that fits. */
const GROUPS: readonly { readonly topic: CardTopic; readonly alerts: readonly DrugAlert[] }[] = [
  { topic: 'anticoagulants', alerts: ['anticoagulant', 'antiplatelet'] },
  { topic: 'heart-medications', alerts: ['heart'] },
  { topic: 'high-alert-medications', alerts: ['insulin', 'opioid', 'not-to-stop', 'toxic'] },
];

/**
 * What is said about medications: what must not be given, then what bleeds, what the heart depends on and the other high-alert drugs as
 * warnings, the rest as information. Past medications are in the full answer only.
 */
export function medicationCards(context: CardContext): Card[] {
  const { medications } = context.record;
  const taken = medications.filter(({ state, prohibited }) => !prohibited && state !== 'past');
  const prohibited = medications.filter((item) => item.prohibited && item.state !== 'past');
  const groups = Map.groupBy(taken, groupOf);
  return [
    ...groupCard(context, 'prohibited-medications', 'warning', prohibited),
    ...GROUPS.flatMap(({ topic }) => groupCard(context, topic, 'warning', groups.get(topic) ?? [])),
    ...groupCard(context, 'medications', 'info', groups.get('medications') ?? []),
  ];
}

function groupOf({ alerts }: MergedMedication): CardTopic {
  return GROUPS.find((group) => group.alerts.some((alert) => alerts.includes(alert)))?.topic ?? 'medications';
}

function groupCard(
  context: CardContext,
  topic: CardTopic,
  indicator: Card['indicator'],
  items: readonly MergedMedication[],
): Card[] {
  if (items.length === 0) return [];
  return [
    card(context, topic, indicator, {
      summary: `${cardTopics[topic]}: ${listed(items.map(shortName), 3)}`,
      detail: items.slice(0, 20).flatMap(detailOf).join('\n\n'),
    }),
  ];
}

/** A name for the summary: the product where there is room for it, among several the ingredient. */
function shortName(
  { title, tokens, state, doses, statuses }: MergedMedication,
  _at: number,
  all: readonly MergedMedication[],
): string {
  const marks = [
    ...(state === 'paused' ? ['on hold'] : []),
    ...(doses.length > 1 ? ['doses differ'] : []),
    ...(statuses.length > 1 ? ['sources disagree'] : []),
  ];
  const ingredient = tokens.find((token) => token.startsWith('drug:'))?.slice('drug:'.length);
  const name = all.length === 1 ? shortTitle(title, 60) : oneLine(ingredient ?? shortTitle(title, 30), 30);
  return marks.length === 0 ? name : `${name} (${marks.join(', ')})`;
}

function detailOf(item: MergedMedication): string[] {
  const lines = [`**${markdownText(item.title)}**`, bullets(item.sources.map(orderLine))];
  const conflicts = [
    ...(item.doses.length > 1 ? [`**Doses differ:** ${said(item.doses)}.`] : []),
    ...(item.statuses.length > 1 ? [`**Sources disagree on whether it is taken:** ${said(item.statuses)}.`] : []),
  ];
  return conflicts.length === 0 ? lines : [...lines, bullets(conflicts)];
}

function said(doses: MergedMedication['doses']): string {
  return doses.map((one) => `${markdownText(one.said, 100)} (${markdownText(listed(one.by), 100)})`).join('; ');
}
