import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { type ServiceName, services } from '@hie/contracts';
import { EMERGENCY, type SimulatedHospital, hookBody } from '@hie/local-exchange';

import type { Arrival } from './load/arrivals.js';
import type { Stage } from './stage.js';

/**
 * How long a service was away, each time it was killed: from SIGKILL to the answer to the first question that was asked after it. One that
 * is not served again within a minute stands with that minute.
 */
export interface RestartMeasure {
  readonly service: ServiceName;
  readonly awayMs: readonly number[];
}

/** At twenty a second the questions alone were two thirds of what two cores carry, and kept the process from starting. */
const ASK_EVERY_MS = 100;
const WITHIN_MS = 60_000;
const MOST_OPEN = 16;
/** Of each service: one start differs from the next by as much again. */
const TIMES = 3;
/** The supervisor waits longer before it starts again what has lived for less. */
const SETTLE_MS = 1_500;

/** Kills each service in turn while nothing else is asked, and asks until it is served again. */
export async function measureRestarts(stage: Stage, arrivals: readonly Arrival[]): Promise<readonly RestartMeasure[]> {
  const probes = probesOf(stage, arrivals);
  const measures: RestartMeasure[] = [];
  for (const service of services) {
    const awayMs: number[] = [];
    for (let time = 0; time < TIMES; time += 1) awayMs.push(await killOnce(stage, service, probes(service)));
    stage.say(`restart    ${service.padEnd(18)} served again after ${awayMs.map(Math.round).join(', ')} ms`);
    measures.push({ service, awayMs });
  }
  return measures;
}

async function killOnce({ exchange }: Stage, service: ServiceName, probe: Probe): Promise<number> {
  await servedAfter(probe);
  exchange.supervisor.kill(service);
  const awayMs = await servedAfter(probe);
  await exchange.supervisor.ready(service);
  await pause(SETTLE_MS);
  return awayMs;
}

type Probe = () => Promise<boolean>;

/** Asks again and again, not waiting for the questions before. @returns ms until one of them was answered. */
async function servedAfter(probe: Probe): Promise<number> {
  const began = performance.now();
  let servedMs: number | undefined;
  const open = new Set<Promise<void>>();
  while (servedMs === undefined) {
    if (performance.now() - began > WITHIN_MS) servedMs = WITHIN_MS;
    const asked = probe().then((served) => {
      if (served) servedMs ??= performance.now() - began;
    });
    open.add(asked);
    void asked.finally(() => open.delete(asked));
    // Where each takes long, they must not become the load that keeps the others waiting.
    if (open.size >= MOST_OPEN) await Promise.race(open);
    await pause(ASK_EVERY_MS);
  }
  await Promise.all(open);
  return servedMs;
}

/** What proves that a service is served: a token, a member's page, or a whole query. */
function probesOf({ exchange }: Stage, arrivals: readonly Arrival[]): (service: ServiceName) => Probe {
  const { hospitals, description, operator } = exchange;
  const emrs = hospitals.map((hospital: SimulatedHospital) => exchange.clientOf(hospital));
  const hook = `${description.gateway.url}/cds-services/patient-arrival`;
  let next = 0;
  const query = async (): Promise<boolean> => {
    const arrival = arrivals[next++ % arrivals.length];
    const emr = arrival && emrs[arrival.at];
    if (arrival === undefined || emr === undefined) throw new RangeError('Nobody arrives.');
    return (await emr.call('POST', hook, { ...EMERGENCY, body: hookBody(arrival.patient as never) })).status === 200;
  };
  const token = async (): Promise<boolean> => {
    // Another person each time, so that no token at hand will do.
    const asked = await emrs[0]?.token({ ...EMERGENCY, userId: `dr-${randomUUID()}` });
    return asked !== undefined;
  };
  const members = async (): Promise<boolean> => {
    const asked = { purpose: 'HSYSADMIN', scope: 'exchange/participants.read' };
    return (await operator.call('GET', `${description.gateway.url}/members`, asked)).status === 200;
  };
  const own: Partial<Record<ServiceName, Probe>> = { 'identity-provider': token, participants: members };
  return (service) => refusedIsFalse(own[service] ?? query);
}

/** A connection refused, or cut, is what a service that is away looks like. */
const refusedIsFalse =
  (probe: Probe): Probe =>
  () =>
    probe().catch(() => false);
