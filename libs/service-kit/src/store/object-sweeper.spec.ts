import type { ObjectStore } from '@hie/messaging';
import type { PinoLogger } from 'nestjs-pino';

import { ObjectSweeper } from './object-sweeper.js';

const minute = 60_000;

describe('the sweeper of large bodies', () => {
  let swept: number;
  let warned: number;
  let isBroken: boolean;
  let sweeper: ObjectSweeper;
  beforeEach(() => {
    import.meta.jest.useFakeTimers();
    [swept, warned, isBroken] = [0, 0, false];
    const store = {
      sweep: () => {
        swept += 1;
        return isBroken ? Promise.reject(new RangeError('store away')) : Promise.resolve();
      },
    } as unknown as ObjectStore;
    sweeper = new ObjectSweeper(store, { warn: () => (warned += 1) } as unknown as PinoLogger);
  });
  afterEach(async () => {
    await sweeper.onApplicationShutdown();
    import.meta.jest.useRealTimers();
  });

  it('sweeps at the start and every ten minutes, until the service ends', async () => {
    sweeper.onModuleInit();
    await import.meta.jest.advanceTimersByTimeAsync(0);
    expect(swept).toBe(1);
    await import.meta.jest.advanceTimersByTimeAsync(20 * minute);
    expect(swept).toBe(3);
    await sweeper.onApplicationShutdown();
    await import.meta.jest.advanceTimersByTimeAsync(20 * minute);
    expect(swept).toBe(3);
  });

  it('goes on when the store was away, and says so', async () => {
    isBroken = true;
    sweeper.onModuleInit();
    await import.meta.jest.advanceTimersByTimeAsync(10 * minute);
    expect([swept, warned]).toEqual([2, 2]);
  });
});
