import type { LateChange } from '../late/late-diff.js';
import { listed } from '../terminology/plain-text.js';
import { type Card, card, type CardContext } from './card.js';
import { markdownText } from './markdown.js';

const SAID: Readonly<Record<LateChange['code'], string>> = {
  'allergy-new': 'New allergy',
  'allergy-worse': 'Allergy worse than shown',
  'allergy-disputed': 'Allergy disputed',
  'medication-new': 'New medication',
  'medication-current-after-all': 'Medication is taken after all',
  'medication-doses-differ': 'Doses differ',
  'problem-new': 'New problem',
  'device-new': 'New implant',
  'directive-new': 'New advance directive',
  'directive-revoked': 'Advance directive revoked',
  'other-new': 'New entry',
  'entry-withdrawn': 'Withdrawn by its source',
};

/** A card for each change that must be said at once; a severe allergy is critical. What can wait makes none. */
export function lateCards(context: CardContext, changes: readonly LateChange[]): Card[] {
  return changes
    .filter(({ urgency }) => urgency === 'alert')
    .map((change) =>
      card(context, 'late-result', isSevereAllergy(context, change) ? 'critical' : 'warning', {
        key: `${change.code} ${change.key}`,
        summary: `Late result. ${SAID[change.code]}: ${change.title.slice(0, 60)}. ${listed(change.by, 2).slice(0, 40)}`,
        detail: `**${SAID[change.code]}:** ${markdownText(change.title)}\n\nReported by ${markdownText(listed(change.by))} after the answer was shown.`,
      }),
    );
}

function isSevereAllergy({ record }: CardContext, { key, code }: LateChange): boolean {
  return code.startsWith('allergy-') && record.allergies.some((item) => item.key === key && item.grade === 'severe');
}
