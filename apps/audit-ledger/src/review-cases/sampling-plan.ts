import { createHash } from 'node:crypto';

import type { RecordedEntry } from '@hie/ledger-report';

/** How many disclosures of a period are reviewed: so many by chance, so many of the riskiest. */
export interface SamplingPlan {
  /** Whoever knows the seed can repeat the draw: nobody can pick what is drawn without saying so beforehand. */
  readonly seed: string;
  readonly random: number;
  readonly byRisk: number;
}

export interface SampledEntry<T> {
  readonly entry: T;
  readonly reason: 'sampled-random' | 'sampled-risk';
  readonly score: number;
}

type Scored = Pick<RecordedEntry, 'eventId' | 'purpose' | 'requester' | 'at' | 'patient'>;

/** One requester with more patients than this in an hour asks for more than a shift's work. */
const PATIENTS_AN_HOUR = 20;

/**
 * Draws disclosures for review: the riskiest first, then from the rest by chance, each as likely as any other.
 *
 * Deterministic: the same entries, in any order, and the same seed give the same sample. Chance is SHA-256 over seed and event id, which
 * nobody can foresee for events that are yet to come.
 */
export function drawSample<T extends Scored>(
  entries: readonly T[],
  { seed, random, byRisk }: SamplingPlan,
): readonly SampledEntry<T>[] {
  const lots = entries.map((entry) => ({ entry, lot: lotOf(seed, entry.eventId) }));
  const scores = riskScores(entries);
  const scored = lots.map(({ entry, lot }) => ({ entry, lot, score: scores.get(entry.eventId) ?? 0 }));
  const byLot = (a: { lot: string }, b: { lot: string }): number => (a.lot < b.lot ? -1 : 1);
  const risky = scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || byLot(a, b))
    .slice(0, byRisk);
  const taken = new Set(risky.map(({ entry }) => entry.eventId));
  const drawn = scored
    .filter(({ entry }) => !taken.has(entry.eventId))
    .sort(byLot)
    .slice(0, random);
  return [
    ...risky.map(({ entry, score }) => ({ entry, score, reason: 'sampled-risk' as const })),
    ...drawn.map(({ entry, score }) => ({ entry, score, reason: 'sampled-random' as const })),
  ];
}

/**
 * How much each disclosure asks to be looked at, by event id; 0 for what has nothing about it.
 *
 * A broken glass 5; a requester with more than 20 patients within the hour 3; emergency treatment 1; between 22 and 6 o'clock UTC 1; no
 * person named 1. They add up. The numbers are a start: nothing was learned from outcomes yet.
 */
export function riskScores(entries: readonly Scored[]): ReadonlyMap<string, number> {
  const patientsInHour = new Map<string, Set<string>>();
  for (const entry of entries) {
    const patients = patientsInHour.get(hourOf(entry)) ?? new Set<string>();
    if (entry.patient !== undefined) patients.add(entry.patient);
    patientsInHour.set(hourOf(entry), patients);
  }
  const scoreOf = (entry: Scored): number => {
    const hour = new Date(entry.at).getUTCHours();
    return (
      (entry.purpose === 'BTG' ? 5 : 0) +
      ((patientsInHour.get(hourOf(entry))?.size ?? 0) > PATIENTS_AN_HOUR ? 3 : 0) +
      (entry.purpose === 'ETREAT' ? 1 : 0) +
      (hour >= 22 || hour < 6 ? 1 : 0) +
      (entry.requester?.userId === undefined ? 1 : 0)
    );
  };
  return new Map(entries.map((entry) => [entry.eventId, scoreOf(entry)]));
}

/** A requester in one hour of the clock. */
const hourOf = ({ requester, at }: Scored): string =>
  [requester?.memberId, requester?.clientId, requester?.userId, new Date(at).toISOString().slice(0, 13)].join(' ');

const lotOf = (seed: string, eventId: string): string =>
  createHash('sha256').update(`${seed}\n${eventId}`).digest('hex');
