import { connectKafka, provisionAcls, provisionTopics, refuseDrift } from '@hie/messaging';

import type { KafkaEndpoint } from '../kafka/start-kafka.js';

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
  const admin = kafka.admin();
  await admin.connect();
  try {
    refuseDrift(await provisionTopics(admin, 1));
    if (principal !== undefined) await provisionAcls(admin);
    await warmCoordinator(kafka);
  } finally {
    await admin.disconnect();
  }
}

/** The first group ever makes the broker create its offsets topic, during which nobody can join; so nobody else has to wait for it. */
async function warmCoordinator(kafka: ReturnType<typeof connectKafka>): Promise<void> {
  const consumer = kafka.consumer({ groupId: 'provisioning', retry: { initialRetryTime: 50, retries: 20 } });
  await consumer.connect();
  await consumer.subscribe({ topics: ['audit.receipts.v1'] });
  await new Promise<void>((resolve, reject) => {
    // Not GROUP_JOIN: kafkajs counts as running only after it, and what is disconnected before that fetches for ever.
    consumer.on(consumer.events.FETCH_START, () => resolve());
    consumer.run({ eachMessage: () => Promise.resolve() }).catch(reject);
  });
  await consumer.disconnect();
}
