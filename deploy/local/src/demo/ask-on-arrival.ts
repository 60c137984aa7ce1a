import { randomUUID } from 'node:crypto';

import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import type { OperationOutcome } from '@medplum/fhirtypes';

import type { ComposedExchange } from '../exchange/start-exchange.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import type { Arrival } from './choose-patient.js';

/** A card as the EMR receives it. */
export interface ShownCard {
  readonly summary: string;
  readonly indicator: 'info' | 'warning' | 'critical';
  readonly detail: string;
  readonly source: { readonly label: string; readonly topic?: { readonly code: string } };
}

export interface ShownCoverage {
  readonly memberId: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly elapsedMs?: number;
}

export interface ShownReceipt {
  readonly digest: string;
  readonly eventId: string;
  readonly shard?: string;
  readonly index: number;
  readonly leafHash: string;
  /** Shows, with the entry in the public log, that it was made for this answer. */
  readonly opening: string;
  readonly proof: readonly string[];
  readonly checkpoint: string;
  readonly cosigned?: string;
}

/** What the EMR's call returned, and how long it took. */
export interface ArrivalAnswer {
  readonly elapsedMs: number;
  readonly queryUrl: string;
  readonly cards: readonly ShownCard[];
  readonly stage: string;
  readonly outcome: string;
  readonly coverage: readonly ShownCoverage[];
  readonly receipt: ShownReceipt;
}

export const EMERGENCY = { purpose: 'ETREAT', scope: 'system/*.rs', userId: 'dr-example' } as const;

/**
 * The EMR's call when a patient arrives: CDS Hooks `encounter-start`, for emergency treatment.
 *
 * @throws LocalExchangeError `not-answered` with the refusal's HTTP status and stable code.
 */
export async function askOnArrival(
  exchange: Pick<ComposedExchange, 'description'>,
  emr: OAuthClient,
  { patient }: Pick<Arrival, 'patient'>,
): Promise<ArrivalAnswer> {
  const url = `${exchange.description.gateway.url}/cds-services/patient-arrival`;
  const startedAt = performance.now();
  const answer = await emr.call('POST', url, { ...EMERGENCY, body: hookBody(patient) });
  const elapsedMs = performance.now() - startedAt;
  if (answer.status !== 200)
    throw new LocalExchangeError('not-answered', { status: answer.status, code: codeOf(answer) });
  const { cards, extension } = answer.json<{
    cards: ShownCard[];
    extension: Record<string, Omit<ArrivalAnswer, 'cards'>>;
  }>();
  const shown = extension['org.hie-broker.answer'];
  if (shown === undefined) throw new LocalExchangeError('not-answered', { without: 'coverage and receipt' });
  return { ...shown, cards, elapsedMs };
}

/** A request of CDS Hooks 2.0 with the patient as prefetch. */
export const hookBody = (patient: Arrival['patient']) => ({
  hook: 'encounter-start',
  hookInstance: randomUUID(),
  context: { userId: 'Practitioner/dr-example', patientId: patient.id, encounterId: `enc-${patient.id}` },
  prefetch: { patient },
});

/** The stable code of a refusal; a proxy's page has none. */
function codeOf({ json }: CallAnswer): string | undefined {
  try {
    return json<OperationOutcome>().issue?.[0]?.details?.coding?.[0]?.code;
  } catch {
    return undefined;
  }
}
