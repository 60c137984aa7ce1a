import { normaliseRecord, type PatientRecord } from '@hie/matching-engine';

import { type LiveDecision, type LivePeople } from './live-people.js';

/** A record with the truth: whose it is. */
export interface TrueRecord {
  readonly record: PatientRecord;
  readonly personId: string;
}

/** What came of feeding records one by one. */
export interface Fed {
  readonly records: number;
  readonly seconds: number;
  readonly reviews: number;
  readonly cutShort: number;
  /** Over pairs of records: of those put together, how many belong together, and of those that belong together, how many were. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Every person that a record was compared with and given at least 0.01: that probability, and whether it was that person. */
  readonly told: readonly { readonly probability: number; readonly isRight: boolean }[];
}

/**
 * Feeds records one by one, as a live exchange gets them: each is searched for, stands to each person found by the live rule, and is
 * linked, set aside for a review, or a new person. A record that is set aside stands alone, which is what the machine makes of it; with
 * `areReviewsDecided` somebody who knows the truth has looked at each at once.
 */
export function feedPeople(people: LivePeople, records: Iterable<TrueRecord>, areReviewsDecided = false): Fed {
  const truthOf: string[] = [];
  const pairs = new PairCount();
  const told: { probability: number; isRight: boolean }[] = [];
  let [count, reviews, cutShort, ms] = [0, 0, 0, 0];
  for (const { record: given, personId } of records) {
    const began = performance.now();
    const record = normaliseRecord(given);
    const decision = people.decide(record);
    const isRight = (person: number): boolean => truthOf[person] === personId;
    const person = people.enter(record, chosen(decision, areReviewsDecided ? isRight : () => false));
    ms += performance.now() - began;
    for (const match of decision.matches)
      if (match.probability >= 0.01) told.push({ probability: match.probability, isRight: isRight(match.person) });
    truthOf[person] ??= personId;
    pairs.add(person, personId);
    count++;
    if (decision.kind === 'review') reviews++;
    if (!decision.complete) cutShort++;
  }
  return { records: count, seconds: ms / 1_000, reviews, cutShort, ...pairs.quality(), told };
}

function chosen({ kind, matches }: LiveDecision, isRight: (person: number) => boolean): number | undefined {
  if (kind === 'link') return matches.find(({ verdict }) => verdict === 'link')?.person;
  return kind === 'review'
    ? matches.find(({ verdict, person }) => verdict !== 'apart' && isRight(person))?.person
    : undefined;
}

/** Counts pairs of records that stand together, belong together, and do both. */
class PairCount {
  private readonly counts = new Map<string, number>();
  private together = 0;
  private belonging = 0;
  private both = 0;

  add(person: number, personId: string): void {
    this.together += this.next(`person ${person}`);
    this.belonging += this.next(`truth ${personId}`);
    this.both += this.next(`both ${person} ${personId}`);
  }

  quality(): { precision: number; recall: number; f1: number } {
    const { together, belonging, both } = this;
    return { precision: both / together, recall: both / belonging, f1: (2 * both) / (together + belonging) };
  }

  private next(key: string): number {
    const before = this.counts.get(key) ?? 0;
    this.counts.set(key, before + 1);
    return before;
  }
}

const edges = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0000001];

/** Mean |probability − share right| over bins, weighed by how often each was given: over all, and between 0.01 and 0.99. */
export function calibrationOf(told: Fed['told']): { readonly all: number; readonly middle: number } {
  const bins = edges.slice(1).map((to, i) => {
    const inside = told.filter(({ probability }) => probability >= (edges[i] ?? 0) && probability < to);
    const given = inside.reduce((sum, { probability }) => sum + probability, 0);
    return { to, count: inside.length, error: Math.abs(given - inside.filter(({ isRight }) => isRight).length) };
  });
  const errorOf = (chosen: typeof bins): number =>
    chosen.reduce((sum, { error }) => sum + error, 0) /
    Math.max(
      1,
      chosen.reduce((sum, { count }) => sum + count, 0),
    );
  return { all: errorOf(bins), middle: errorOf(bins.filter(({ to }) => to <= 0.99)) };
}
