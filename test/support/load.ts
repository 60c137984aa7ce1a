import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { OAuthClient } from '@hie/exchange-client';
import type { ShownReceipt } from '@hie/local-exchange';
import type { Patient } from '@medplum/fhirtypes';

import { arrivalBody, emrOf } from './doors.js';
import type { SharedExchange } from './shared-exchange.js';
import { arrivingPatient, storiesOf } from './stories.js';

/** How one query ended, as its caller saw it. */
export interface Ending {
  /** The query's id, where the caller was told. */
  readonly txn?: string;
  /** HTTP status; 0 where the connection broke: a definite failure too. */
  readonly status: number;
  readonly elapsedMs: number;
  readonly receipt?: ShownReceipt;
  readonly coverage: readonly { readonly memberId: string; readonly status: string }[];
}

export interface Load {
  readonly queries: number;
  readonly inFlight: number;
  readonly deadlineMs: number;
  /** Called once, when so many queries have ended. */
  readonly after?: { readonly ended: number; readonly run: () => Promise<void> };
}

/** Asks of the stories' patients, so many at once, and waits until each query has ended for its caller. */
export async function runLoad(exchange: SharedExchange, load: Load): Promise<readonly Ending[]> {
  const arrivals = await arrivalsOf(exchange);
  const endings: Ending[] = [];
  let next = 0;
  let disturbance: Promise<void> | undefined;
  const worker = async (): Promise<void> => {
    while (next < load.queries) {
      const { emr, patient } = arrivals[next % arrivals.length] as (typeof arrivals)[number];
      next += 1;
      endings.push(await ask(exchange, emr, patient, load.deadlineMs));
      if (load.after !== undefined && endings.length >= load.after.ended) disturbance ??= load.after.run();
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, worker));
  await disturbance;
  return endings;
}

async function arrivalsOf(exchange: SharedExchange) {
  const stories = (await storiesOf(exchange)).filter(({ identity }) => identity === 'certain');
  const arrivals = [];
  for (const story of stories) {
    const emr = emrOf(exchange, story);
    // The token beforehand: it is the queries that are disturbed, not the log-in.
    await emr.token({ purpose: 'ETREAT', scope: 'system/*.rs' });
    arrivals.push({ emr, patient: await arrivingPatient(exchange, story) });
  }
  return arrivals;
}

/** One query; where the connection breaks it is sent again under the same id, as an EMR would, until its deadline. */
async function ask(exchange: SharedExchange, emr: OAuthClient, patient: Patient, deadlineMs: number): Promise<Ending> {
  const body = arrivalBody(patient, randomUUID());
  const startedAt = performance.now();
  for (;;) {
    const ending = await askOnce(exchange, emr, body, deadlineMs);
    const elapsedMs = performance.now() - startedAt;
    if (ending.status !== 0 || elapsedMs >= deadlineMs) return { ...ending, elapsedMs };
    await pause(REPEAT_AFTER_MS);
  }
}

async function askOnce(
  exchange: SharedExchange,
  emr: OAuthClient,
  body: object,
  deadlineMs: number,
): Promise<Omit<Ending, 'elapsedMs'>> {
  const url = `${exchange.description.gateway.url}/cds-services/patient-arrival`;
  const headers = { deadlineMs: String(deadlineMs) };
  const emergency = { purpose: 'ETREAT', scope: 'system/*.rs' };
  try {
    const answer = await emr.call('POST', url, { ...emergency, body, headers });
    if (answer.status !== 200) return { status: answer.status, coverage: [] };
    const { extension } = answer.json<{
      extension: Record<string, { queryUrl: string; receipt: ShownReceipt; coverage: Ending['coverage'] }>;
    }>();
    const told = extension['org.hie-broker.answer'];
    if (told === undefined) throw new RangeError('An answer came without its coverage and receipt.');
    const { queryUrl, receipt, coverage } = told;
    return { status: 200, txn: queryUrl.split('/').at(-1) ?? '', receipt, coverage };
  } catch (error) {
    // The process on the other side is gone; anything else would be this test's own fault.
    if (!brokenConnection.includes((error as { code?: string }).code ?? '')) throw error;
    return { status: 0, coverage: [] };
  }
}

const REPEAT_AFTER_MS = 100;
const brokenConnection = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];
