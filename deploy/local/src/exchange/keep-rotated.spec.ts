import { keepRotated } from './keep-rotated.js';
import type { KeyRotation } from './rotate-keys.js';

const HOUR_MS = 3_600_000;

describe(keepRotated.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers());
  afterEach(() => import.meta.jest.useRealTimers());
  const after = (ms: number): Promise<void> => import.meta.jest.advanceTimersByTimeAsync(ms).then(() => undefined);

  it('takes the three steps once a day, with time between them', async () => {
    const steps: string[] = [];
    const rotation = (): KeyRotation => ({
      publish: () => void steps.push('publish'),
      use: () => void steps.push('use'),
      retire: () => void steps.push('retire'),
    });
    const kept = keepRotated('', () => undefined, rotation);
    await after(24 * HOUR_MS - 1);
    expect(steps).toEqual([]);
    await after(1);
    expect(steps).toEqual(['publish']);
    await after(HOUR_MS);
    expect(steps).toEqual(['publish', 'use', 'retire']);
    await after(24 * HOUR_MS);
    expect(steps).toHaveLength(6);
    kept.stop();
    await after(48 * HOUR_MS);
    expect(steps).toHaveLength(6);
  });

  it('tells a failure, and takes the same step again', async () => {
    const steps: string[] = [];
    const failures: unknown[] = [];
    const rotation = (): KeyRotation => ({
      publish: () => void steps.push('publish'),
      use: () => {
        if (failures.length === 0) throw new Error('disk full');
        steps.push('use');
      },
      retire: () => void steps.push('retire'),
    });
    const kept = keepRotated('', (error) => failures.push(error), rotation);
    await after(25 * HOUR_MS);
    expect([steps, failures.length]).toEqual([['publish', 'use', 'retire'], 1]);
    kept.stop();
  });
});
