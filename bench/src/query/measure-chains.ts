import { type Chain } from './load/load-order.js';
import type { Stage } from './stage.js';
import { type MachineUsage } from './processes.js';
import { quantile } from '../shared/quantile.js';

export const LEVELS = [1, 16, 64, 256] as const;
export type Level = (typeof LEVELS)[number];

/** One chain at one level, over all rounds. */
export interface ChainMeasure {
  readonly chain: Chain;
  readonly inFlight: Level;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** Share of the inspected answers that had every custodian's part; only of queries. */
  readonly wholeShare?: number;
  /** Of the last round. */
  readonly usage: MachineUsage;
  /** Wall-clock spans of the rounds, ms since the epoch. */
  readonly spans: readonly (readonly [number, number])[];
}

export interface ChainPlan {
  readonly rounds: number;
  /** ms of each round for each chain. */
  readonly forMs: Readonly<Record<Chain, number>>;
}

const CHAINS: readonly Chain[] = ['bare', 'dressed', 'query'];

/**
 * Measures the three chains at each level in turn, several rounds of each: what others do to the machine in the meantime falls on
 * all three alike, and their ratios hold where the single figures do not.
 */
export async function measureChains(stage: Stage, { rounds, forMs }: ChainPlan): Promise<readonly ChainMeasure[]> {
  const measures: ChainMeasure[] = [];
  for (const inFlight of LEVELS) {
    const parts = new Map<Chain, Part[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const chain of CHAINS) {
        const part = await measurePart(stage, chain, inFlight, forMs[chain]);
        parts.set(chain, [...(parts.get(chain) ?? []), part]);
      }
    }
    for (const chain of CHAINS) {
      const measure = together(chain, inFlight, parts.get(chain) ?? []);
      measures.push(measure);
      stage.say(line(measure));
    }
  }
  return measures;
}

type Part = Awaited<ReturnType<typeof measurePart>>;

async function measurePart(stage: Stage, chain: Chain, inFlight: number, forMs: number) {
  const began = Date.now();
  const usageSince = stage.watch();
  const report = await stage.run({ chain, inFlight, forMs });
  return { report, usage: usageSince(), span: [began, Date.now()] as const };
}

function together(chain: Chain, inFlight: Level, parts: readonly Part[]): ChainMeasure {
  const latencies = parts.flatMap(({ report }) => report.latenciesMs);
  const last = parts.at(-1);
  if (last === undefined || latencies.length === 0) {
    const failures = JSON.stringify(parts.map(({ report }) => report.failures));
    throw new Error(`The ${chain} chain answered nothing at ${inFlight} in flight: ${failures}`);
  }
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const failures: Record<string, number> = {};
  for (const { report } of parts) {
    for (const [code, count] of Object.entries(report.failures)) failures[code] = (failures[code] ?? 0) + count;
  }
  const inspected = sum(({ report }) => report.inspected);
  return {
    chain,
    inFlight,
    answered: latencies.length,
    failures,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    p99Ms: quantile(latencies, 0.99),
    perSecond: (latencies.length * 1000) / sum(({ report }) => report.elapsedMs),
    ...(inspected === 0 ? {} : { wholeShare: sum(({ report }) => report.whole) / inspected }),
    usage: last.usage,
    spans: parts.map(({ span }) => span),
  };
}

function line({ chain, inFlight, p50Ms, p95Ms, p99Ms, perSecond, usage, failures, wholeShare }: ChainMeasure): string {
  const ms = [p50Ms, p95Ms, p99Ms].map((value) => value.toFixed(1)).join(' / ');
  const failed = Object.entries(failures).map(([code, count]) => `${count}×${code}`);
  const notes = [
    `others ${usage.othersPercent} %`,
    ...(wholeShare === undefined || wholeShare === 1 ? [] : [`whole ${(wholeShare * 100).toFixed(0)} %`]),
    ...failed,
  ];
  return `${chain.padEnd(8)} ${String(inFlight).padStart(3)} in flight  ${ms} ms; ${perSecond.toFixed(0)}/s  (${notes.join(', ')})`;
}
