import { services } from '@hie/contracts';

import { type Figure, figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import type { Chain } from './load/load-order.js';
import type { ChainMeasure, Level } from './measure-chains.js';
import type { DegradedMeasure } from './measure-degraded.js';
import type { RestartMeasure } from './measure-restarts.js';
import type { MachineUsage } from './processes.js';

const NAMES: Readonly<Record<Chain, string>> = { bare: 'bare floor', dressed: 'dressed floor', query: 'query' };

/** Latency and throughput of each chain at each level, and what the query costs beside the dressed floor. */
export function chainFigures(measures: readonly ChainMeasure[]): readonly Figure[] {
  const find = (chain: Chain, inFlight: Level): ChainMeasure => {
    const found = measures.find((one) => one.chain === chain && one.inFlight === inFlight);
    if (found === undefined) throw new RangeError('A chain was not measured at a level.');
    return found;
  };
  const plain = measures.flatMap(({ chain, inFlight, p50Ms, p95Ms, p99Ms, perSecond }) => {
    const name = (what: string): string => `${NAMES[chain]}, ${inFlight} in flight: ${what}`;
    const throughput = { name: name('throughput'), value: perSecond, unit: 'queries/s' };
    return [
      figure({ name: name('p50'), value: p50Ms, unit: 'ms' }),
      figure({ name: name('p95'), value: p95Ms, unit: 'ms' }),
      figure({ name: name('p99'), value: p99Ms, unit: 'ms' }),
      figure(chain === 'dressed' && inFlight === 64 ? { ...throughput, target: { atLeast: 600 } } : throughput),
    ];
  });
  const beside = (
    what: 'p50Ms' | 'p99Ms' | 'perSecond',
    inFlight: Level,
    told: string,
    target: NonNullable<Figure['target']>,
  ): Figure => {
    const value = find('query', inFlight)[what];
    const floor = find('dressed', inFlight)[what];
    return figure({
      name: `query, ${inFlight} in flight: ${told}, of the dressed floor's`,
      value: value / floor,
      unit: 'times',
      target,
      comparison: { name: `dressed floor ${told}`, value: floor, ratio: value / floor },
    });
  };
  return [
    ...plain,
    beside('p50Ms', 1, 'p50', { atMost: 2.5 }),
    beside('p99Ms', 1, 'p99', { atMost: 3 }),
    beside('perSecond', 64, 'throughput', { atLeast: 0.35 }),
  ];
}

export function restartFigures(measures: readonly RestartMeasure[]): readonly Figure[] {
  return measures.map(({ service, awayMs }) =>
    figure({
      name: `${service} killed: served again, longest of ${awayMs.length}`,
      value: Math.max(...awayMs) / 1000,
      unit: 's',
      target: { atMost: 3 },
    }),
  );
}

export function degradedFigures({ p50Ms, p95Ms, namingBothShare }: DegradedMeasure): readonly Figure[] {
  const when = 'one of eight members dead, one taking 10 s';
  return [
    figure({ name: `${when}: critical set p50`, value: p50Ms, unit: 'ms' }),
    figure({ name: `${when}: critical set p95`, value: p95Ms, unit: 'ms', target: { below: 2000 } }),
    figure({ name: `${when}: answers that name both`, value: namingBothShare, unit: '', target: { atLeast: 1 } }),
  ];
}

/**
 * Resident memory: at rest, once all people are known, and the highest of all moments under load, which is judged. Shared pages count in
 * every process that maps them.
 */
export function memoryFigures(
  atRest: MachineUsage,
  readings: readonly MachineUsage[],
  people: number,
): readonly Figure[] {
  const highest = (of: (usage: MachineUsage) => number): number => Math.max(...readings.map(of));
  const sum = (usage: MachineUsage, what: 'residentMiB' | 'proportionalMiB'): number =>
    services.reduce((total, service) => total + (usage.processes[service]?.[what] ?? 0), 0);
  const of = `with ${people.toLocaleString('en-US')} people`;
  return [
    figure({
      name: `all services together, resident at rest ${of}`,
      value: sum(atRest, 'residentMiB'),
      unit: 'MiB',
    }),
    figure({
      name: `all services together, resident ${of}`,
      value: highest((usage) => sum(usage, 'residentMiB')),
      unit: 'MiB',
      target: { below: 1536 },
    }),
    figure({
      name: `all services together, shared pages counted once ${of}`,
      value: highest((usage) => sum(usage, 'proportionalMiB')),
      unit: 'MiB',
    }),
    ...[...services, 'hospital-simulator', 'kafka', 'postgres'].map((name) => {
      const proportional = name === 'postgres';
      const what = proportional ? 'proportionalMiB' : 'residentMiB';
      return figure({
        name: `${name}, ${proportional ? 'shared pages counted once' : 'resident'}`,
        value: highest((usage) => usage.processes[name]?.[what] ?? 0),
        unit: 'MiB',
      });
    }),
  ];
}

/** The target is for an exchange that is not driven beyond what it can take; 256 in flight is. */
const RECEIPTS_IN_TIME_UP_TO: Level = 64;

export function receiptFigures(samples: ReadonlyMap<ChainMeasure, readonly number[]>): readonly Figure[] {
  return [...samples].flatMap(([{ inFlight }, ms]) => {
    const name = (what: string): string =>
      `receipts, ${inFlight} in flight: audit event written to receipt written, ${what}`;
    const p99 = { name: name('p99'), value: quantile(ms, 0.99), unit: 'ms' };
    return [
      figure({ name: name('p50'), value: quantile(ms, 0.5), unit: 'ms' }),
      figure(inFlight <= RECEIPTS_IN_TIME_UP_TO ? { ...p99, target: { below: 50 } } : p99),
    ];
  });
}
