import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

import { quietRequestQueue } from './quiet-request-queue.js';

interface Queue {
  readonly throttleCheckTimeoutId: unknown;
  throttledUntil: number;
  push(request: object): void;
  fulfillRequest(response: object): void;
  destroy(): void;
}

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as new (
  options: object,
) => Queue;

const logger = { debug: () => undefined, warn: () => undefined, namespace: () => logger };

describe(quietRequestQueue.name, () => {
  let queue: Queue;
  let sent: number[];
  const request = (correlationId: number) => ({
    entry: { correlationId, resolve: () => undefined, reject: () => undefined },
    expectResponse: true,
    requestTimeout: 1000,
    sendRequest: () => sent.push(correlationId),
  });

  beforeEach(() => {
    quietRequestQueue();
    sent = [];
    queue = new RequestQueue({
      instrumentationEmitter: null,
      maxInFlightRequests: 1,
      requestTimeout: 1000,
      enforceRequestTimeout: false,
      clientId: 'spec',
      broker: 'localhost:9092',
      logger,
      isConnected: () => true,
    });
  });
  afterEach(() => queue.destroy());

  it('sets no timer where nothing waits', () => {
    queue.push(request(1));
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    expect(sent).toEqual([1]);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('sends what waits as soon as there is room', () => {
    queue.push(request(1));
    queue.push(request(2));
    expect(sent).toEqual([1]);
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    expect(sent).toEqual([1, 2]);
  });

  it('sends what waited for the end of a throttling, and is quiet then', async () => {
    queue.throttledUntil = Date.now() + 30;
    queue.push(request(1));
    expect(sent).toEqual([]);
    await pause(120);
    expect(sent).toEqual([1]);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });
});
