// The bare floor of a `$match` over Kafka: reads a message, writes another, and does nothing in between.
import { CoalescingSender, connectKafka } from '@hie/messaging';
import kafkajs from 'kafkajs';

import { bareTopics } from './bare-round-trip.js';

const env = (name: string): string => process.env[name] ?? '';
const answer = Buffer.alloc(Number(env('ANSWER_BYTES')), 1);

const kafka = connectKafka({
  brokers: env('KAFKA_BROKERS').split(','),
  clientId: 'bare-echo',
  tls: { caPath: env('TLS_CA'), certPath: env('TLS_CERT'), keyPath: env('TLS_KEY') },
  log: (_level, message) => process.stderr.write(`${message}\n`),
});
const producer = kafka.producer({
  allowAutoTopicCreation: false,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});
const consumer = kafka.consumer({ groupId: 'bare-echo', minBytes: 1, maxWaitTimeInMs: 1_000 });
await Promise.all([producer.connect(), consumer.connect()]);
const sender = new CoalescingSender(producer);
await consumer.subscribe({ topics: [bareTopics.asked], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    const messages = batch.messages.map(({ key }) => ({
      topic: bareTopics.answered,
      key: String(key),
      value: answer,
      headers: {},
    }));
    await sender.send(messages);
  },
});
process.once('SIGTERM', () => {
  void Promise.allSettled([consumer.disconnect(), producer.disconnect()]).then(() => process.exit(0));
});
