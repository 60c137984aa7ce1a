import type { MergedAllergy, MergedItem, MergedMedication, MergedRecord } from '../merge/merged-record.js';
import { allergyGrades } from '../terminology/allergy-severity.js';

/** What changed between two answers of one query. Closed and stable. */
export type LateChangeCode =
  | 'allergy-new'
  | 'allergy-worse'
  | 'allergy-disputed'
  | 'medication-new'
  | 'medication-current-after-all'
  | 'medication-doses-differ'
  | 'problem-new'
  | 'device-new'
  | 'directive-new'
  | 'directive-revoked'
  | 'other-new'
  | 'entry-withdrawn';

export interface LateChange {
  readonly code: LateChangeCode;
  /** `alert`: the encounter hears of it at once. `wait`: it is there for whoever opens the answer again. */
  readonly urgency: 'alert' | 'wait';
  readonly key: string;
  readonly title: string;
  /** Members that say it, sorted. */
  readonly by: readonly string[];
}

/**
 * What a clinician who has read `shown` does not know yet, now that more sources have answered.
 *
 * It alerts for what could make a decision wrong that was taken on the first answer (`docs/adr/0143`):
 *
 * - a severe allergy; an allergy to a medication of which nobody said that it is mild; any allergy where "none known" had been shown;
 * - a current medication of an alerting class (`DrugAlert`), or different doses of one;
 * - a problem of `problem-alerts.ts`, an implant, an advance directive or the end of one.
 *
 * The rest waits, above all what is less alarming than what was shown: an alert that says "less bad" is read as noise.
 *
 * @returns alerts first, in the order of the items in `now`
 */
export function lateDiff(shown: MergedRecord, now: MergedRecord): LateChange[] {
  const changes = [
    ...now.allergies.flatMap((item) => allergyChange(find(shown.allergies, item), item, shown)),
    ...now.medications.flatMap((item) => medicationChange(find(shown.medications, item), item)),
    ...now.problems
      .filter((item) => find(shown.problems, item) === undefined)
      .map((item) => change('problem-new', item.status === 'active' && item.alert !== undefined, item)),
    ...now.others
      .filter((item) => find(shown.others, item) === undefined)
      .map((item) => {
        if (item.kind === 'device') return change('device-new', true, item);
        return item.kind === 'directive' ? change('directive-new', true, item) : change('other-new', false, item);
      }),
    ...now.apart
      .filter(
        ({ reason, source }) => reason === 'revoked' && !shown.apart.some((one) => sameResource(one.source, source)),
      )
      .map(({ title, source }) =>
        change('directive-revoked', true, { key: source.provenance.resource ?? '', title, sources: [source] }),
      ),
    ...withdrawn(shown, now),
  ];
  return [
    ...changes.filter(({ urgency }) => urgency === 'alert'),
    ...changes.filter(({ urgency }) => urgency === 'wait'),
  ];
}

function change(
  code: LateChangeCode,
  isAlert: boolean,
  item: Pick<MergedItem<unknown>, 'key' | 'title' | 'sources'>,
): LateChange {
  const by = [...new Set(item.sources.map(({ provenance }) => provenance.memberName))].sort();
  return { code, urgency: isAlert ? 'alert' : 'wait', key: item.key, title: item.title, by };
}

/** The same item in another answer: by a shared token, or by a shared source where nothing names it. */
function find<T extends MergedItem<unknown>>(items: readonly T[], wanted: T): T | undefined {
  return items.find((item) =>
    wanted.tokens.length > 0
      ? item.tokens.some((token) => wanted.tokens.includes(token))
      : item.sources.some((one) => wanted.sources.some((other) => sameResource(one, other))),
  );
}

type Source = MergedItem<unknown>['sources'][number];

/** By name and place at the member; by content for a member that may not be named. */
function sameResource(a: Source, b: Source): boolean {
  if (a.provenance.memberId !== b.provenance.memberId) return false;
  if (a.provenance.resource !== undefined) return a.provenance.resource === b.provenance.resource;
  return b.provenance.resource === undefined && JSON.stringify(a.resource) === JSON.stringify(b.resource);
}

function allergyChange(before: MergedAllergy | undefined, item: MergedAllergy, shown: MergedRecord): LateChange[] {
  const isActive = item.status === 'active';
  const isSevere = item.grade === 'severe';
  if (before === undefined) {
    const toldNone =
      shown.allergies.length === 0 &&
      shown.absences.some(({ about, said }) => about === 'AllergyIntolerance' && said === 'none-known');
    const isDrug = item.sources.some(
      ({ resource }) => resource.category?.includes('medication') ?? item.classes.length > 0,
    );
    return [change('allergy-new', isActive && (isSevere || toldNone || (isDrug && item.grade === 'unknown')), item)];
  }
  const isWorse =
    allergyGrades.indexOf(item.grade) < allergyGrades.indexOf(before.grade) || (isActive && before.status !== 'active');
  if (isWorse) return [change('allergy-worse', isActive && isSevere, item)];
  return item.disputes.length > before.disputes.length ? [change('allergy-disputed', false, item)] : [];
}

function medicationChange(before: MergedMedication | undefined, item: MergedMedication): LateChange[] {
  const matters = item.alerts.length > 0 && (item.state === 'current' || item.prohibited);
  if (before === undefined) return [change('medication-new', matters, item)];
  if (item.state === 'current' && before.state !== 'current')
    return [change('medication-current-after-all', matters, item)];
  const isNewlyDisputed = item.doses.length > 1 && item.doses.length > before.doses.length;
  return isNewlyDisputed ? [change('medication-doses-differ', matters, item)] : [];
}

/** What was shown and is no longer there, because its source corrected it. */
function withdrawn(shown: MergedRecord, now: MergedRecord): LateChange[] {
  const gone = <T extends MergedItem<unknown>>(before: readonly T[], after: readonly T[]): LateChange[] =>
    before.filter((item) => find(after, item) === undefined).map((item) => change('entry-withdrawn', false, item));
  return [
    ...gone(shown.allergies, now.allergies),
    ...gone(shown.medications, now.medications),
    ...gone(shown.problems, now.problems),
    ...gone(shown.others, now.others),
  ];
}
