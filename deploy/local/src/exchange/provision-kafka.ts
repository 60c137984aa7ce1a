import { setTimeout as pause } from 'node:timers/promises';

import { services } from '@hie/contracts';
import { connectKafka, provisionAcls, provisionTopics, refuseDrift } from '@hie/messaging';
import type { Admin } from 'kafkajs';

import type { KafkaEndpoint } from '../kafka/start-kafka.js';

const COORDINATORS_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 250;

/** Creates the exchange's topics and access list from the contracts. @throws MessagingError `topic-drift` on a broker that differs. */
export async function provisionKafka({ brokers, admin: principal }: KafkaEndpoint): Promise<void> {
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
    // Before anything else makes a topic: kafkajs asks for the new ones at once, and takes one not known yet for an error.
    refuseDrift(await provisionTopics(admin, 1));
    const settled = await Promise.allSettled([principal && provisionAcls(admin), wakeCoordinators(admin)]);
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
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
