import { setTimeout as pause } from 'node:timers/promises';

import { connectKafka } from '@hie/messaging';
import { request } from 'undici';

import type { KafkaEndpoint } from '../kafka/start-kafka.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import type { SimulatedHospital } from './hospitals.js';
import type { OAuthClient } from '@hie/exchange-client';

/** Registers the hospitals through the participants' own API, as an administrator would. */
export async function registerMembers(
  operator: OAuthClient,
  gatewayUrl: string,
  hospitals: readonly SimulatedHospital[],
  ca: string,
): Promise<void> {
  for (const hospital of hospitals) {
    const { status } = await operator.call('POST', `${gatewayUrl}/members`, {
      purpose: 'HSYSADMIN',
      scope: 'exchange/participants.manage',
      body: registrationOf(hospital, ca),
    });
    if (status !== 201) throw new LocalExchangeError('member-not-registered', { member: hospital.id, status });
  }
}

const registrationOf = ({ client, ...hospital }: SimulatedHospital, ca: string) => ({
  memberId: hospital.id,
  organizationId: hospital.organizationId,
  name: hospital.name,
  identifierSystems: [hospital.identifierSystem],
  discloses: false,
  sites: [{ siteId: 'main', name: `${hospital.name}, main campus` }],
  endpoints: [{ kind: 'fhir-r4', url: hospital.fhirUrl, ca }],
  clients: [
    { clientId: client.id, jwks: { keys: [client.publicJwk] }, scopes: client.scopes, purposes: client.purposes },
  ],
});

interface FeedProgress {
  readonly state?: string;
  readonly sent?: number;
  readonly total?: number;
  readonly error?: string;
  readonly [field: string]: unknown;
}

const FEED_WITHIN_MS = 600_000;
const FEED_REPEATS = 10;

/** Lets every hospital send its patients to the exchange, several at a time. @returns how many were sent. */
export async function feedPatients(
  adminUrl: string,
  hospitals: readonly SimulatedHospital[],
  onProgress: (sent: number, total: number) => void,
): Promise<number> {
  const urls = hospitals.map(({ id }) => `${adminUrl}/admin/hospitals/${id}/feed`);
  await Promise.all(urls.map((url) => startFeed(url)));
  const deadline = Date.now() + FEED_WITHIN_MS;
  let repeats = 0;
  for (;;) {
    const progress = await Promise.all(urls.map((url) => json<FeedProgress>('GET', url)));
    const [sent, total] = [sum(progress, 'sent'), sum(progress, 'total')];
    onProgress(sent, total);
    if (progress.every(({ state }) => state === 'done')) return sent;
    const failed = progress.findIndex(({ state }) => state === 'failed');
    if (failed >= 0 && repeats < FEED_REPEATS) {
      // The gateway, too, reads of a new member a moment after the registration; what was sent already is unchanged then.
      repeats += 1;
      await pause(200);
      await startFeed(urls[failed] as string);
      continue;
    }
    if (failed >= 0 || Date.now() > deadline) {
      const at = Math.max(failed, 0);
      throw new LocalExchangeError('feed-failed', { member: hospitals[at]?.id, error: progress[at]?.error });
    }
    await pause(100);
  }
}

/** A token is refused until the identity provider has read of the member; that takes it a moment after the registration. */
async function startFeed(url: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await body.dump();
    if (statusCode === 202) return;
    if (attempt === 20) throw new LocalExchangeError('feed-failed', { status: statusCode });
    await pause(100);
  }
}

/** Waits until the record locator has read all that the feeds made. */
export async function waitForPointers({ brokers, admin: principal }: KafkaEndpoint): Promise<void> {
  const kafka = connectKafka({
    brokers: brokers.split(','),
    clientId: 'feed-watch',
    ...(principal === undefined
      ? {}
      : { tls: { caPath: principal.caPath, certPath: principal.certificatePath, keyPath: principal.keyPath } }),
    log: () => undefined,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topic = 'identity.record.linked.v1';
    for (;;) {
      const ends = await admin.fetchTopicOffsets(topic);
      const [read] = await admin.fetchOffsets({ groupId: 'record-locator', topics: [topic] });
      const isBehind = ends.some(({ partition, high }) => {
        const at = read?.partitions.find((one) => one.partition === partition)?.offset ?? '-1';
        return BigInt(high) > 0n && BigInt(at) < BigInt(high);
      });
      if (!isBehind) return;
      await pause(100);
    }
  } finally {
    await admin.disconnect();
  }
}

async function json<T>(method: 'GET' | 'POST', url: string): Promise<T> {
  const { body } = await request(url, { method });
  return (await body.json()) as T;
}

const sum = (rows: readonly FeedProgress[], field: 'sent' | 'total'): number =>
  rows.reduce((total, row) => total + (row[field] ?? 0), 0);
