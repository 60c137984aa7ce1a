import { CoalescingSender, type OutgoingMessage } from './coalescing-sender.js';

const message = (topic: string, bytes = 10, headers: Record<string, string> = {}): OutgoingMessage => ({
  topic,
  key: 'k',
  value: Buffer.alloc(bytes),
  headers,
});

/** A producer whose requests return when the test says so. */
function heldProducer() {
  const requests: { messages: number; release: (error?: Error) => void }[] = [];
  return {
    requests,
    producer: {
      sendBatch: ({ topicMessages = [] }: { topicMessages?: { messages: unknown[] }[] }) =>
        new Promise<never[]>((resolve, reject) => {
          const messages = topicMessages.reduce((sum, each) => sum + each.messages.length, 0);
          requests.push({ messages, release: (error) => (error === undefined ? resolve([]) : reject(error)) });
        }),
    },
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe(CoalescingSender.name, () => {
  it('sends a lone message at once', async () => {
    const { producer, requests } = heldProducer();
    const sent = new CoalescingSender(producer).send([message('a')]);
    await turn();
    expect(requests).toHaveLength(1);
    requests[0]?.release();
    await sent;
  });

  it('gathers what comes while a request is out, over topics', async () => {
    const { producer, requests } = heldProducer();
    const sender = new CoalescingSender(producer);
    const first = sender.send([message('a')]);
    await turn();
    const rest = [sender.send([message('a'), message('b')]), sender.send([message('c')])];
    await turn();
    expect(requests).toHaveLength(1);
    requests[0]?.release();
    await first;
    await turn();
    expect(requests.map(({ messages }) => messages)).toEqual([1, 3]);
    requests[1]?.release();
    await Promise.all(rest);
  });

  it('cuts a request before the broker would refuse it', async () => {
    const { producer, requests } = heldProducer();
    const sender = new CoalescingSender(producer);
    const sent = Array.from({ length: 4 }, () => sender.send([message('a', 300 * 1024)]));
    for (const expected of [2, 2]) {
      await turn();
      expect(requests.at(-1)?.messages).toBe(expected);
      requests.at(-1)?.release();
      await turn();
    }
    await Promise.all(sent);
  });

  it('counts headers too, which hold seals and wrapped keys', async () => {
    const { producer, requests } = heldProducer();
    const sender = new CoalescingSender(producer);
    const sent = Array.from({ length: 4 }, () => sender.send([message('a', 10, { seals: 'x'.repeat(300 * 1024) })]));
    for (const expected of [2, 2]) {
      await turn();
      expect(requests.at(-1)?.messages).toBe(expected);
      requests.at(-1)?.release();
      await turn();
    }
    await Promise.all(sent);
  });

  it('cuts what was given at once, in its order, and waits for all of it', async () => {
    const { producer, requests } = heldProducer();
    let isSent = false;
    const sent = new CoalescingSender(producer)
      .send(Array.from({ length: 5 }, () => message('a', 300 * 1024)))
      .then(() => (isSent = true));
    for (const expected of [2, 2, 1]) {
      await turn();
      expect(isSent).toBe(false);
      expect(requests.at(-1)?.messages).toBe(expected);
      requests.at(-1)?.release();
      await turn();
    }
    await sent;
    expect(requests).toHaveLength(3);
  });

  it('tells everybody in a failed request, and goes on with the next', async () => {
    const { producer, requests } = heldProducer();
    const sender = new CoalescingSender(producer);
    const failed = sender.send([message('a')]);
    const outcome = expect(failed).rejects.toThrow('no broker');
    await turn();
    const next = sender.send([message('b')]);
    requests[0]?.release(new Error('no broker'));
    await outcome;
    await turn();
    requests[1]?.release();
    await next;
  });
});
