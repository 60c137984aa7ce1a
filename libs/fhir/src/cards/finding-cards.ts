import type { MergedOther, MergedProblem } from '../merge/merged-record.js';
import { listed, oneLine } from '../terminology/plain-text.js';
import { type Card, card, type CardContext, type CardTopic, cardTopics } from './card.js';
import { bullets, day, markdownText } from './markdown.js';
import { disputeLine, problemLine, whoSays } from './source-line.js';

/** Active problems: a warning when one of them changes what is done in the first minutes (`problem-alerts.ts`), else information. */
export function problemCards(context: CardContext): Card[] {
  const active = context.record.problems.filter(({ status }) => status === 'active');
  if (active.length === 0) return [];
  return [
    card(context, 'problems', active.some(({ alert }) => alert !== undefined) ? 'warning' : 'info', {
      summary: `Problems: ${listed(
        active.map(({ title }) => oneLine(title, 34)),
        4,
      )}`,
      detail: active.slice(0, 20).flatMap(problemDetail).join('\n\n'),
    }),
  ];
}

function problemDetail(item: MergedProblem): string[] {
  return [
    `**${markdownText(item.title)}**`,
    bullets(
      [...item.sources.map(problemLine), ...item.disputes.filter(({ said }) => said !== 'none-known').map(disputeLine)],
      6,
    ),
  ];
}

/** Implants and advance directives. */
export function otherCards(context: CardContext): Card[] {
  const of = (kind: MergedOther['kind']): MergedOther[] => context.record.others.filter((item) => item.kind === kind);
  return [
    ...listCard(context, 'advance-directives', 'warning', of('directive')),
    ...listCard(context, 'implants', 'info', of('device')),
  ];
}

function listCard(
  context: CardContext,
  topic: CardTopic,
  indicator: Card['indicator'],
  items: readonly MergedOther[],
): Card[] {
  if (items.length === 0) return [];
  return [
    card(context, topic, indicator, {
      summary: `${cardTopics[topic]}: ${listed(
        items.map(({ title }) => oneLine(title, 34)),
        3,
      )}`,
      detail: items
        .slice(0, 20)
        .flatMap(({ title, on, sources }) => {
          const dated = day(on);
          return [
            `**${markdownText(title)}**${dated === undefined ? '' : ` (${dated})`}`,
            bullets(
              sources.map(({ provenance }) => whoSays(provenance)),
              6,
            ),
          ];
        })
        .join('\n\n'),
    }),
  ];
}
