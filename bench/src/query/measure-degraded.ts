import { askOnArrival } from '@hie/local-exchange';
import { request } from 'undici';

import { quantile } from '../shared/quantile.js';
import { type Arrival, chooseArrivals, mostSharedPair } from './load/arrivals.js';
import type { Stage } from './stage.js';

/** The critical set while one member is dead and one takes ten seconds. */
export interface DegradedMeasure {
  readonly answered: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Share of the answers that name both as missing. */
  readonly namingBothShare: number;
  readonly dead: string;
  readonly slow: string;
  readonly failures: Readonly<Record<string, number>>;
}

const SLOW_MS = 10_000;
const IN_FLIGHT = 4;
const CANDIDATES = 80;

/**
 * Asks about people whom both faulty members know, who arrive elsewhere. The dead one takes connections and never answers: a
 * closed port would be told at once.
 */
export async function measureDegraded(stage: Stage, forMs: number): Promise<DegradedMeasure> {
  const { seed, people } = stage.options;
  const { hospitals, simulatorUrl } = stage.exchange;
  const pair = mostSharedPair(seed, people, hospitals);
  const [dead = '', slow = ''] = pair.map((at) => hospitals[at]?.id);
  const candidates = chooseArrivals({ seed, people, hospitals, limit: CANDIDATES, knownAt: pair });
  stage.setArrivals(await answeredByBoth(stage, candidates, [dead, slow]));
  await setFaults(simulatorUrl, dead, { dead: 'hang' });
  await setFaults(simulatorUrl, slow, { slowMs: SLOW_MS });
  try {
    const report = await stage.run({ chain: 'query', inFlight: IN_FLIGHT, forMs, missing: [dead, slow] });
    if (report.latenciesMs.length === 0) throw new Error(`Nothing was answered: ${JSON.stringify(report.failures)}`);
    return {
      answered: report.latenciesMs.length,
      p50Ms: quantile(report.latenciesMs, 0.5),
      p95Ms: quantile(report.latenciesMs, 0.95),
      namingBothShare: report.namingMissing / report.inspected,
      failures: report.failures,
      dead,
      slow,
    };
  } finally {
    await setFaults(simulatorUrl, dead, {});
    await setFaults(simulatorUrl, slow, {});
  }
}

/**
 * Those for whom both members answer while they are well. Who is known there under so different a record that the exchange takes
 * it for somebody else's is not asked about there, well or not.
 */
async function answeredByBoth({ exchange }: Stage, candidates: readonly Arrival[], members: readonly string[]) {
  const emrs = exchange.hospitals.map((hospital) => exchange.clientOf(hospital));
  const kept: Arrival[] = [];
  const queue = candidates.values();
  const worker = async (): Promise<void> => {
    for (const arrival of queue) {
      const emr = emrs[arrival.at];
      if (emr === undefined) throw new RangeError('A patient arrives at no hospital.');
      const { coverage } = await askOnArrival(exchange, emr, { patient: arrival.patient as never });
      const answered = coverage.filter(({ status }) => status === 'answered').map(({ memberId }) => memberId);
      if (members.every((member) => answered.includes(member))) kept.push(arrival);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return kept;
}

async function setFaults(simulatorUrl: string, hospital: string, faults: object): Promise<void> {
  const { statusCode, body } = await request(`${simulatorUrl}/admin/hospitals/${hospital}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`The simulator did not take the faults: ${statusCode}`);
}
