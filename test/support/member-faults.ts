import { request } from 'undici';

import type { SharedExchange } from './shared-exchange.js';

/** What a member is told to do wrong (`apps/hospital-simulator/README.md`). */
export interface MemberFaults {
  readonly slowMs?: number;
  readonly dead?: 'refuse' | 'hang';
  readonly status?: number;
  readonly redirect?: { readonly status: 301 | 302 | 307 | 308; readonly to: string };
  readonly on?: readonly ('fhir' | 'token' | 'metadata')[];
  readonly malformedJson?: boolean;
  readonly wrongPatient?: boolean;
  readonly resetMidBody?: boolean;
  readonly duplicates?: boolean;
  readonly flapping?: { readonly upMs: number; readonly downMs: number };
  /** URL of another server. */
  readonly strangers?: string;
  readonly nextPageAt?: string;
}

/** Puts faults on a member in place of those it has; `undefined` takes all away. */
export async function setFaults(
  { simulatorUrl }: Pick<SharedExchange, 'simulatorUrl'>,
  memberId: string,
  faults: MemberFaults | undefined,
): Promise<void> {
  const { statusCode, body } = await request(
    `${simulatorUrl}/admin/hospitals/${memberId}/faults`,
    faults === undefined
      ? { method: 'DELETE' }
      : { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(faults) },
  );
  await body.dump();
  if (statusCode >= 300) throw new RangeError('The simulator does not take these faults.', { cause: statusCode });
}
