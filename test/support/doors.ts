import { randomUUID } from 'node:crypto';

import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import { hookBody } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import type { Bundle, OperationOutcome, Parameters, Patient } from '@medplum/fhirtypes';

import type { SharedExchange } from './shared-exchange.js';
import { arrivingPatient } from './stories.js';

/** A clinician's everyday call. */
export const treatment = { purpose: 'TREAT', scope: 'system/*.rs' } as const;

/** An emergency department's call. */
export const emergency = { purpose: 'ETREAT', scope: 'system/*.rs' } as const;

/** The EMR of the hospital where a story's patient arrives. */
export const emrOf = (exchange: SharedExchange, { arrival }: Pick<Story, 'arrival'>): OAuthClient =>
  exchange.clientOf(exchange.hospital(arrival.hospitalId));

export const matchBody = (patient: Patient): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'resource', resource: patient },
    { name: 'onlyCertainMatches', valueBoolean: true },
  ],
});

/** The id that the exchange has for a story's patient towards a hospital that knows the patient's demographics. */
export async function handleOf(exchange: SharedExchange, story: Story, emr = emrOf(exchange, story)): Promise<string> {
  const url = `${exchange.description.gateway.fhirUrl}/Patient/$match`;
  const body = matchBody(await arrivingPatient(exchange, story));
  const match = await emr.call('POST', url, { ...treatment, body });
  const id = match.json<Bundle>().entry?.[0]?.resource?.id;
  if (id === undefined) throw new RangeError('The exchange names nobody for this patient.');
  return id;
}

/** A request of the arrival hook, to be changed by a test. */
export const arrivalBody = (patient: Patient, hookInstance: string = randomUUID()) => ({
  ...hookBody(patient),
  hookInstance,
});

/** The stable code of a refusal. */
export const codeOf = (answer: CallAnswer): string | undefined =>
  answer.json<OperationOutcome>().issue?.[0]?.details?.coding?.[0]?.code;

/** Looks again and again until there is something. @throws when nothing came within the time. */
export async function eventually<T>(look: () => Promise<T | undefined>, withinMs = 10_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('It did not come in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
