import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { type Infrastructure, type RunFolder, supervise } from '@hie/local-exchange';
import { connectKafka } from '@hie/messaging';
import kafkajs from 'kafkajs';

import { type LoopTimes, openLoop } from './open-loop.js';

export const bareTopics = { asked: 'bench.bare.asked', answered: 'bench.bare.answered' } as const;

const ECHO = fileURLToPath(new URL('./bare-echo.process.js', import.meta.url));
const WARM_UP_S = 3;

/** Bytes of a message on Kafka, headers and value. */
export interface RoundTripSizes {
  readonly askedBytes: number;
  readonly answeredBytes: number;
}

/**
 * A round trip between two processes over the same Kafka and TLS, with messages of the same size and nothing else: what a `$match` can't be
 * faster than.
 */
export async function bareRoundTrips(
  { infrastructure, run }: { readonly infrastructure: Infrastructure; readonly run: RunFolder },
  { askedBytes, answeredBytes }: RoundTripSizes,
  rates: readonly number[],
  seconds: number,
): Promise<ReadonlyMap<number, LoopTimes>> {
  const { brokers, admin: principal } = infrastructure.kafka;
  if (principal === undefined) throw new RangeError('The benchmark’s Kafka speaks TLS.');
  const { caPath, certificatePath: certPath, keyPath } = principal;
  const kafka = connectKafka({
    brokers: brokers.split(','),
    clientId: 'bare-round-trip',
    tls: { caPath, certPath, keyPath },
    log: (_level, message) => process.stderr.write(`${message}\n`),
  });
  const admin = kafka.admin();
  await admin.connect();
  const topics = Object.values(bareTopics).map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();

  const echo = await supervise([
    {
      name: 'bare echo',
      command: process.execPath,
      args: ['--enable-source-maps', ECHO],
      env: {
        KAFKA_BROKERS: brokers,
        TLS_CA: caPath,
        TLS_CERT: certPath,
        TLS_KEY: keyPath,
        ANSWER_BYTES: String(answeredBytes),
      },
      logFile: run.log('bare-echo'),
      restart: false,
    },
  ]);
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  const consumer = kafka.consumer({ groupId: `bare-${randomUUID()}`, maxWaitTimeInMs: 5 });
  const heardAt = new Map<string, number>();
  try {
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topics: [bareTopics.answered] });
    await consumer.run({
      eachBatch: ({ batch }) => {
        const now = performance.now();
        for (const { key } of batch.messages) heardAt.set(String(key), now);
        return Promise.resolve();
      },
    });
    const value = Buffer.alloc(askedBytes, 1);
    const prepare = () => {
      const id = randomUUID();
      const message = { topic: bareTopics.asked, messages: [{ key: id, value }], acks: -1 };
      return Promise.resolve({ id, send: async () => void (await producer.send(message)) });
    };
    await openLoop({ perSecond: rates[0] ?? 50, seconds: WARM_UP_S, prepare, heardAt });
    const times = new Map<number, LoopTimes>();
    for (const perSecond of rates) times.set(perSecond, await openLoop({ perSecond, seconds, prepare, heardAt }));
    return times;
  } finally {
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
    await echo.stop();
  }
}
