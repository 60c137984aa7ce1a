import { type CertificateAuthority, type Leaf } from './certificate-authority.js';
import { keepRenewed, renewalDelayMs } from './keep-renewed.js';

const HOUR_MS = 3_600_000;
const leaf = (expiresAt: Date): Leaf => ({ name: 'broker', certificatePath: '/c', keyPath: '/k', expiresAt });

describe(renewalDelayMs.name, () => {
  const now = new Date('2026-11-22T00:00:00Z');
  it.each([
    ['a day left', 24 * HOUR_MS, 16 * HOUR_MS],
    ['nine hours left', 9 * HOUR_MS, 6 * HOUR_MS],
    ['nothing left', 0, 1_000],
    ['expired while the machine slept', -HOUR_MS, 1_000],
  ])('with %s', (_name, leftMs, delayMs) => {
    expect(renewalDelayMs(new Date(now.getTime() + leftMs), now)).toBe(delayMs);
  });
});

describe(keepRenewed.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers({ now: new Date('2026-11-22T00:00:00Z') }));
  afterEach(() => import.meta.jest.useRealTimers());
  const inADay = (): Date => new Date(Date.now() + 24 * HOUR_MS);
  const authority = (renew: () => Promise<Leaf>): CertificateAuthority => ({
    certificatePath: '',
    certificate: '',
    leaf: renew,
    renew,
  });

  it('renews at two thirds of the life, tells it, and goes on from there', async () => {
    const told: string[] = [];
    const renewal = keepRenewed(
      authority(async () => leaf(inADay())),
      [leaf(inADay())],
      async (leafs) => void told.push(`${leafs[0]?.name} until ${leafs[0]?.expiresAt.toISOString()}`),
      (error) => told.push(String(error)),
    );
    await import.meta.jest.advanceTimersByTimeAsync(15.9 * HOUR_MS);
    expect(told).toEqual([]);
    await import.meta.jest.advanceTimersByTimeAsync(0.2 * HOUR_MS);
    expect(told).toEqual(['broker until 2026-11-23T16:00:00.000Z']);
    await import.meta.jest.advanceTimersByTimeAsync(16 * HOUR_MS);
    expect(told).toHaveLength(2);
    renewal.stop();
    await import.meta.jest.advanceTimersByTimeAsync(48 * HOUR_MS);
    expect(told).toHaveLength(2);
  });

  it('tells a failure and tries again a minute later', async () => {
    let attempts = 0;
    const failures: unknown[] = [];
    const renewal = keepRenewed(
      authority(() => {
        attempts += 1;
        return attempts === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve(leaf(inADay()));
      }),
      [leaf(inADay())],
      async () => undefined,
      (error) => failures.push(error),
    );
    await import.meta.jest.advanceTimersByTimeAsync(16 * HOUR_MS);
    expect(failures).toEqual([new Error('disk full')]);
    await import.meta.jest.advanceTimersByTimeAsync(61_000);
    expect(attempts).toBe(2);
    expect(failures).toHaveLength(1);
    renewal.stop();
  });
});
