// The loop over a batch, on a consumer that hands over what the test gives it.
import type { EachBatchPayload, Kafka } from 'kafkajs';

import { ConsumerLoop } from './consumer-loop.js';
import type { Attention, MessagePipeline } from './message-pipeline.js';

const TOPIC = 'spec.v1';

/** A loop whose messages are handled by the test. */
async function loopOver(handle: (offset: number, attention: Attention) => Promise<void>) {
  let eachBatch: (payload: EachBatchPayload) => Promise<void> = () => Promise.resolve();
  const done = () => Promise.resolve();
  const consumer = {
    ...{ events: { GROUP_JOIN: 'join' }, on: () => undefined, connect: done, subscribe: done, stop: done },
    ...{ disconnect: done, commitOffsets: done },
    run: (options: { eachBatch: typeof eachBatch }) => {
      ({ eachBatch } = options);
      return Promise.resolve();
    },
  };
  const errors: unknown[] = [];
  const pipeline = {
    handle: ({ offset }: { offset: string }, _consumption: unknown, _handler: unknown, attention: Attention) =>
      handle(Number(offset), attention),
  };
  const loop = new ConsumerLoop({
    kafka: { consumer: () => consumer } as unknown as Kafka,
    groupId: 'spec',
    delivery: 'table',
    subscriptions: new Map([
      [
        TOPIC,
        { consumption: { room: 0, type: { partitions: 1 } } as never, handler: () => Promise.resolve(undefined) },
      ],
    ]),
    pipeline: pipeline as unknown as MessagePipeline,
    onError: (error) => errors.push(error),
  });
  await loop.start();
  const batch = (count: number, more: Partial<EachBatchPayload> = {}) =>
    eachBatch({
      batch: {
        topic: TOPIC,
        partition: 0,
        messages: Array.from({ length: count }, (_, at) => ({ offset: String(at) })),
      },
      ...{ heartbeat: () => Promise.resolve(), isRunning: () => true, isStale: () => false },
      ...more,
    } as EachBatchPayload);
  return { loop, batch, errors };
}

const burn = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe('ConsumerLoop', () => {
  it('lets others have their turn while it begins the messages of a large batch', async () => {
    const order: string[] = [];
    const { batch } = await loopOver((offset) => {
      if (offset === 0) setImmediate(() => order.push('somebody else'));
      burn(5);
      order.push(String(offset));
      return Promise.resolve();
    });
    await batch(40);
    expect(order.indexOf('somebody else')).toBeGreaterThan(0);
    expect(order.indexOf('somebody else')).toBeLessThan(40);
    expect(order).toHaveLength(41);
  });

  it('has no more than 512 messages under way, and waits for all of them', async () => {
    let [underWay, most, ended] = [0, 0, 0];
    const { batch, loop } = await loopOver(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      ended += 1;
    });
    await batch(1_500);
    expect([most, underWay, ended]).toEqual([512, 0, 1_500]);
    expect(loop.hasHandled(TOPIC, 0, 1_500n)).toBe(true);
  });

  it('does not blame a message for a session that was lost: the wait between two tries goes on', async () => {
    const lost = new Error('The coordinator is not aware of this member');
    let waited = false;
    const { batch, errors } = await loopOver(async (_offset, { heartbeat }) => {
      await heartbeat();
      waited = true;
    });
    await batch(1, { heartbeat: () => Promise.reject(lost) });
    expect(waited).toBe(true);
    expect(errors).toEqual([lost]);
  });

  it('begins nothing more once the batch is stale, and does not call it handled', async () => {
    const begun: number[] = [];
    const { batch, loop } = await loopOver((offset) => Promise.resolve(void begun.push(offset)));
    await batch(10, { isStale: () => begun.length >= 3 });
    expect(begun).toEqual([0, 1, 2]);
    expect([loop.hasHandled(TOPIC, 0, 3n), loop.hasHandled(TOPIC, 0, 4n)]).toEqual([true, false]);
  });
});
