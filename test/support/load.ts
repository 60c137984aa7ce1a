import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { OAuthClient } from '@hie/exchange-client';
import type { ShownReceipt } from '@hie/local-exchange';
import type { Patient } from '@medplum/fhirtypes';

import { arrivalBody, codeOf, emrOf } from './doors.js';
import type { SharedExchange } from './shared-exchange.js';
import { arrivingPatient, storiesOf } from './stories.js';

/** How one query ended, as its caller saw it. */
export interface Ending {
  /** The query's id, where the caller was told. */
  readonly txn?: string;
  /** HTTP status; 0 where the connection broke: a definite failure too. */
  readonly status: number;
  readonly elapsedMs: number;
  /** Seconds, where the refusal says when to come again. */
  readonly retryAfterS?: number;
  /** The stable code of a refusal. */
  readonly code?: string;
  readonly receipt?: ShownReceipt;
  readonly coverage: readonly { readonly memberId: string; readonly status: string }[];
}

export interface Load {
  readonly queries: number;
  readonly inFlight: number;
  readonly deadlineMs: number;
  /** Called once, when so many queries have ended; is told how many are under way at that moment. */
  readonly after?: { readonly ended: number; readonly run: (underWay: number) => Promise<void> };
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
      const asking = ask(exchange, emr, patient, load.deadlineMs);
      if (load.after !== undefined && endings.length >= load.after.ended)
        disturbance ??= load.after.run(next - endings.length);
      endings.push(await asking);
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, worker));
  await disturbance;
  return endings;
}

interface Arriving {
  readonly emr: OAuthClient;
  readonly patient: Patient;
}

/** An EMR keeps its connections, from one load to the next: two hundred of them are opened in a second or two, which no query waits for. */
const arriving = new WeakMap<SharedExchange, Promise<readonly Arriving[]>>();

async function arrivalsOf(exchange: SharedExchange): Promise<readonly Arriving[]> {
  const known = arriving.get(exchange) ?? certainArrivals(exchange);
  arriving.set(exchange, known);
  // The token beforehand: it is the queries that are disturbed, not the log-in.
  for (const { emr } of await known) await emr.token({ purpose: 'ETREAT', scope: 'system/*.rs' });
  return known;
}

async function certainArrivals(exchange: SharedExchange): Promise<readonly Arriving[]> {
  const stories = (await storiesOf(exchange)).filter(({ identity }) => identity === 'certain');
  return Promise.all(
    stories.map(async (story) => ({
      emr: emrOf(exchange, story),
      patient: await arrivingPatient(exchange, story),
    })),
  );
}

/**
 * One query; where the connection breaks, which is a definite failure already, it is sent again under the same id, as an EMR would: ever
 * more seldom, for two hundred callers that knock ten times a second would hold up what is just starting, and until its time is over.
 */
async function ask(exchange: SharedExchange, emr: OAuthClient, patient: Patient, deadlineMs: number): Promise<Ending> {
  const body = arrivalBody(patient, randomUUID());
  const startedAt = performance.now();
  let ending = await askOnce(exchange, emr, body, deadlineMs);
  for (let repeatAfterMs = REPEAT_AFTER_MS; ending.status === 0; repeatAfterMs *= 2) {
    const leftMs = Math.floor(deadlineMs - (performance.now() - startedAt)) - repeatAfterMs;
    if (leftMs < SHORTEST_MS) break;
    await pause(repeatAfterMs);
    // Who could not even connect in its time has given up; what is answered afterwards is read by nobody.
    const givenUp = pause(leftMs, { status: 0, coverage: [] });
    ending = await Promise.race([askOnce(exchange, emr, body, leftMs), givenUp]);
  }
  return { ...ending, elapsedMs: performance.now() - startedAt };
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
    if (answer.status !== 200) {
      const retryAfter = answer.headers['retry-after'];
      const retryAfterS = retryAfter === undefined ? {} : { retryAfterS: Number(retryAfter) };
      const code = codeOf(answer);
      return { status: answer.status, coverage: [], ...retryAfterS, ...(code === undefined ? {} : { code }) };
    }
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
/** No deadline below this is taken. */
const SHORTEST_MS = 100;
const brokenConnection = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'];
