// ATTACKS.md E17: each service's own certificate at every topic of the broker. What its contracts do not give it, Kafka does not either.
import { dirname, join } from 'node:path';

import { type ServiceName, deadLetterTopic, eventTypes, services } from '@hie/contracts';
import { connectKafka } from '@hie/messaging';
import type { Kafka } from 'kafkajs';

import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const DENIED = 'TOPIC_AUTHORIZATION_FAILED';

/** Every topic there is, with those who may write and read it. */
const topics = eventTypes.flatMap(({ topic, producers, consumers }) => [
  { topic, producers, consumers },
  { topic: deadLetterTopic(topic), producers: consumers, consumers: [] as readonly ServiceName[] },
]);

describe.each(services)('the principal of %s', (service) => {
  let exchange: SharedExchange;
  let kafka: Kafka;
  beforeAll(() => {
    exchange = sharedExchange();
    const certificates = dirname(exchange.description.caCertificate);
    kafka = connectKafka({
      brokers: exchange.description.kafka.brokers.split(','),
      clientId: `${service}-elsewhere`,
      tls: {
        caPath: exchange.description.caCertificate,
        certPath: join(certificates, `${service}.crt.pem`),
        keyPath: join(certificates, `${service}.key.pem`),
      },
      log: () => undefined,
    });
  });
  afterAll(() => exchange.close());

  const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
    try {
      await attempt;
      return 'allowed';
    } catch (error) {
      const { type, cause } = error as { type?: string; cause?: { type?: string } };
      return type ?? cause?.type ?? 'unknown';
    }
  };

  it('E17: writes to no topic that its contracts do not name', async () => {
    const foreign = topics.filter(({ producers }) => !producers.includes(service));
    expect(foreign.length).toBeGreaterThan(0);
    const producer = kafka.producer({ retry: { retries: 0 } });
    await producer.connect();
    for (const { topic } of foreign) {
      const sent = producer.send({ topic, messages: [{ value: 'x' }] });
      expect([topic, await codeOf(sent)]).toEqual([topic, DENIED]);
    }
    await producer.disconnect();
  });

  it('E17: reads no topic that its contracts do not name', async () => {
    const foreign = topics.filter(({ consumers, producers }) => ![...consumers, ...producers].includes(service));
    const admin = kafka.admin({ retry: { retries: 0 } });
    await admin.connect();
    for (const { topic } of foreign) {
      expect([topic, await codeOf(admin.fetchTopicOffsets(topic))]).toEqual([topic, DENIED]);
    }
    await admin.disconnect();
  });

  it('E17: makes, changes and removes no topic, and reads no access list', async () => {
    const admin = kafka.admin({ retry: { retries: 0 } });
    await admin.connect();
    const attempts = await Promise.all([
      codeOf(admin.createTopics({ topics: [{ topic: `of-${service}`, numPartitions: 1 }] })),
      codeOf(admin.deleteTopics({ topics: [eventTypes[0]?.topic as string] })),
      codeOf(admin.describeAcls({ resourceType: 1, resourcePatternType: 1, operation: 1, permissionType: 1 })),
    ]);
    await admin.disconnect();
    expect(attempts.filter((code) => code === 'allowed')).toEqual([]);
  });
});
