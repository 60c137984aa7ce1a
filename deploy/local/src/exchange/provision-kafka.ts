import { setTimeout as pause } from 'node:timers/promises';

import { services } from '@hie/contracts';
import { connectKafka, provisionAcls, provisionTopics, refuseDrift, topicSettings } from '@hie/messaging';
import type { Admin } from 'kafkajs';

import type { KafkaEndpoint } from '../kafka/start-kafka.js';
import { LocalExchangeError } from '../local-exchange-error.js';

const COORDINATORS_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 250;

/**
 * Creates the exchange's topics and access list from the contracts.
 *
 * @param grants whether the broker is to know the services by their certificates; one that others run knows them as whom it was given
 *   for, and a name of ours would mean nothing there, or somebody else
 * @throws MessagingError `topic-drift` on a broker that differs.
 */
export function provisionKafka(endpoint: KafkaEndpoint, grants = endpoint.admin !== undefined): Promise<void> {
  return administer(endpoint, async (admin) => {
    // Before anything else makes a topic: kafkajs asks for the new ones at once, and takes one not known yet for an error.
    refuseDrift(await provisionTopics(admin, 1));
    const settled = await Promise.allSettled([grants && provisionAcls(admin), wakeCoordinators(admin)]);
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
  });
}

/** @throws LocalExchangeError `given-server-used` where one of the topics is there: what is in it was sealed with other keys. */
export function refuseTopics(endpoint: KafkaEndpoint): Promise<void> {
  return administer(endpoint, async (admin) => {
    const [topic] = await ours(admin);
    if (topic !== undefined) throw new LocalExchangeError('given-server-used', { variable: 'KAFKA_BROKERS', topic });
  });
}

/** Takes the topics away again, and with them what their groups had read. */
export function withdrawTopics(endpoint: KafkaEndpoint): Promise<void> {
  return administer(endpoint, async (admin) => admin.deleteTopics({ topics: await ours(admin) }));
}

async function ours(admin: Admin): Promise<string[]> {
  const declared = new Set(topicSettings().map(({ topic }) => topic));
  return (await admin.listTopics()).filter((topic) => declared.has(topic));
}

async function administer(
  { brokers, admin: principal }: KafkaEndpoint,
  work: (admin: Admin) => Promise<void>,
): Promise<void> {
  const kafka = connectKafka({
    brokers: brokers.split(','),
    clientId: 'provisioning',
    ...(principal === undefined
      ? {}
      : { tls: { caPath: principal.caPath, certPath: principal.certificatePath, keyPath: principal.keyPath } }),
    log: () => undefined,
  });
  // A minute: on a busy machine the broker takes half of one to create its offsets topic.
  const admin = kafka.admin({ retry: { initialRetryTime: 50, maxRetryTime: 250, retries: 240 } });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/**
 * The first question for a group makes the broker create its offsets topic, during which nobody can join. Asked for the services' own
 * groups while the access list is made, so that no service has to wait for its coordinator.
 */
async function wakeCoordinators(admin: Admin): Promise<void> {
  const until = Date.now() + COORDINATORS_WITHIN_MS;
  for (;;) {
    try {
      await admin.describeGroups([...services]);
      return;
    } catch (error) {
      // kafkajs gives up after some seconds, and a busy machine takes longer to make the topic.
      if ((error as Error).name !== 'KafkaJSGroupCoordinatorNotFound' || Date.now() > until) throw error;
      await pause(ASK_AGAIN_AFTER_MS);
    }
  }
}
