// One process of the bare floor: kafkajs, plaintext, no work. The gateway's also has the door.
import { randomUUID } from 'node:crypto';

import type { ServiceName } from '@hie/contracts';
import { CoalescingSender, type OutgoingMessage, connectKafka } from '@hie/messaging';
import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs';

import { Awaited, SizeMeter, openDoor } from './door.js';
import { AUDIT_STEM, floorTopic, hopFrom, hopTo } from './hops.js';

const env = (name: string): string => process.env[name] ?? '';
const service = env('FLOOR_SERVICE') as ServiceName;
const filler = 'x'.repeat(Number(env('HOP_HEADER_BYTES')));
const auditFiller = 'x'.repeat(Number(env('AUDIT_HEADER_BYTES')));
const hopValue = Buffer.alloc(Number(env('HOP_VALUE_BYTES')), 1);
const auditValue = Buffer.alloc(Number(env('AUDIT_VALUE_BYTES')), 2);
const COMMIT_EVERY_MS = 200;

const sizes = new SizeMeter();
const awaited = new Awaited();
const out = hopFrom(service);
const into = service === 'audit-ledger' ? AUDIT_STEM : hopTo(service)?.stem;
if (into === undefined) throw new RangeError('The process has no place on the floor.');

const kafka = connectKafka({
  brokers: [env('KAFKA_BROKERS')],
  clientId: `bare.${service}`,
  log: (_level, message) => process.stderr.write(`${message}\n`),
});
const producer = kafka.producer({
  allowAutoTopicCreation: false,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});
await producer.connect();
const sender = new CoalescingSender(producer);

/** The next hop's message and the audit message, in one request. */
function forward(txn: string, value: Buffer): Promise<void> {
  const audit = {
    topic: floorTopic('bare', AUDIT_STEM),
    key: txn,
    value: auditValue,
    headers: { filler: auditFiller },
  };
  const hop: OutgoingMessage[] =
    out === undefined ? [] : [{ topic: floorTopic('bare', out.stem), key: txn, value, headers: { filler } }];
  return sender.send([...hop, audit]);
}

async function handle({ batch }: EachBatchPayload): Promise<void> {
  await Promise.all(
    batch.messages.map(async ({ key, value }) => {
      const txn = String(key);
      const body = value ?? Buffer.alloc(0);
      sizes.add(body.length, {});
      if (service === 'gateway') awaited.answered(txn, body);
      else if (service !== 'audit-ledger') await forward(txn, body);
    }),
  );
}

const handledTo = new Map<number, string>();
const consumer: Consumer = kafka.consumer({
  groupId: `bare.${service}`,
  sessionTimeout: 6_000,
  rebalanceTimeout: 1_500,
  heartbeatInterval: 500,
  minBytes: 1,
  maxWaitTimeInMs: 250,
  retry: { initialRetryTime: 50 },
});
const topic = floorTopic('bare', into);
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: async (payload) => {
    await handle(payload);
    const last = payload.batch.messages.at(-1);
    if (last !== undefined) handledTo.set(payload.batch.partition, String(BigInt(last.offset) + 1n));
  },
});
setInterval(() => {
  const offsets = [...handledTo].map(([partition, offset]) => ({ topic, partition, offset }));
  handledTo.clear();
  if (offsets.length > 0)
    consumer.commitOffsets(offsets).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
}, COMMIT_EVERY_MS);

await openDoor({
  port: Number(env('PORT')),
  sizes,
  ask: async () => {
    const txn = randomUUID();
    const [answer] = await Promise.all([awaited.wait(txn), forward(txn, hopValue)]);
    return answer;
  },
});
process.once('SIGTERM', () => {
  void Promise.allSettled([consumer.disconnect(), producer.disconnect()]).then(() => process.exit(0));
});
