import {
  coverageStatement,
  countCoverage,
  isCoverageComplete,
  quietSources,
  sourcesPhrase,
} from '../manifest/coverage-statement.js';
import type { ApartItem, MergedAllergy } from '../merge/merged-record.js';
import { listed } from '../terminology/plain-text.js';
import { type Card, card, type CardContext } from './card.js';
import { bullets, markdownText, shortTitle } from './markdown.js';
import { allergyLine, disputeLine, nameWithCode, whoSays } from './source-line.js';

const TYPE = 'AllergyIntolerance';

/**
 * What is said about allergies: a critical card for each severe one, one warning for the others. Where there are none, the card says so
 * together with how many of how many sources that rests on, and never without.
 */
export function allergyCards(context: CardContext): Card[] {
  const { allergies, apart } = context.record;
  const severe = allergies.filter(({ grade, status }) => grade === 'severe' && status === 'active');
  const others = allergies.filter((item) => !severe.includes(item));
  const negated = apart.filter(({ source }) => source.resource.resourceType === TYPE);
  const cards = severe.map((item) => severeCard(context, item));
  if (others.length > 0) return [...cards, otherCard(context, others, negated)];
  if (allergies.length === 0) return [noneCard(context, negated)];
  return negated.length === 0 ? cards : [...cards, negatedCard(context, negated)];
}

function severeCard(context: CardContext, item: MergedAllergy): Card {
  const by = [...new Set(item.sources.map(({ provenance }) => provenance.memberName))];
  const reactions = item.reactions.map(({ said }) => said).slice(0, 2);
  const reaction = reactions.length === 0 ? '' : `: ${reactions.join(', ')}`;
  const disputed = item.disputes.length === 0 ? '' : ' (sources disagree)';
  return card(context, 'severe-allergy', 'critical', {
    key: item.key,
    summary: `Severe allergy: ${shortTitle(item.title, 48)}${cut(reaction, 30)}${disputed}. ${cut(listed(by, 2), 40)}`,
    detail: [...allergyDetail(item), statement(context)].join('\n\n'),
  });
}

function allergyDetail(item: MergedAllergy): string[] {
  return [
    `**${markdownText(item.title)}**${item.status === 'active' ? '' : ` (${item.status})`}`,
    bullets(item.sources.map(allergyLine)),
    ...(item.disputes.length === 0 ? [] : [bullets(item.disputes.map(disputeLine))]),
  ];
}

function otherCard(context: CardContext, items: readonly MergedAllergy[], negated: readonly ApartItem[]): Card {
  const names = listed(
    items.map(({ title, status }) =>
      status === 'active' ? shortTitle(title, 40) : `${shortTitle(title, 30)} (${status})`,
    ),
    4,
  );
  return card(context, 'allergies', 'warning', {
    summary: `Allergies: ${names}`,
    detail: [...items.slice(0, 20).flatMap(allergyDetail), ...negatedDetail(negated), statement(context)].join('\n\n'),
  });
}

function noneCard(context: CardContext, negated: readonly ApartItem[]): Card {
  const { coverage, record } = context;
  const count = countCoverage(coverage, TYPE);
  const denials = record.absences.filter(
    ({ about, said, scope }) => about === TYPE && said === 'none-known' && scope === 'all',
  );
  const quiet = quietSources(coverage, TYPE);
  const claim =
    count.looked === 0
      ? 'Allergies are not known'
      : denials.length > 0
        ? `No known allergies, says ${listed([...new Set(denials.map(({ source }) => source.memberName))], 2)}`
        : 'No allergy found';
  return card(context, 'allergies', isCoverageComplete(coverage, TYPE) ? 'info' : 'warning', {
    summary: `${cut(claim, 60)}: ${sourcesPhrase(count)} answered${quiet === '' ? '' : `, not ${cut(quiet, 40)}`}`,
    detail: [
      statement(context),
      ...(denials.length === 0
        ? []
        : [bullets(denials.map(({ source }) => `${whoSays(source)} records "no known allergies".`))]),
      ...negatedDetail(negated),
    ].join('\n\n'),
  });
}

function negatedCard(context: CardContext, negated: readonly ApartItem[]): Card {
  return card(context, 'allergies', 'info', {
    summary: `Not counted as allergies: ${listed(
      negated.map(({ title }) => cut(title, 40)),
      3,
    )}`,
    detail: [...negatedDetail(negated), statement(context)].join('\n\n'),
  });
}

function negatedDetail(negated: readonly ApartItem[]): string[] {
  if (negated.length === 0) return [];
  const lines = negated.map(({ reason, source }) => {
    const { resource } = source;
    const name = nameWithCode(resource.resourceType === TYPE ? resource.code : undefined, 'not stated');
    return `${whoSays(source.provenance)}: ${name}, ${reason === 'refuted' ? 'refuted' : 'entered in error'}`;
  });
  return ['Recorded, and since refuted or found to be a mistake:', bullets(lines)];
}

function statement({ coverage }: CardContext): string {
  return `For allergies, ${markdownText(lowerFirst(coverageStatement(coverage, TYPE)), 600)}`;
}

function lowerFirst(sentence: string): string {
  return sentence.replace(/^No /, 'no ');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}
