import { type CertificateAuthority, type Leaf } from './certificate-authority.js';

/**
 * Milliseconds until a certificate is renewed: when two thirds of what is left of its life have passed, and not sooner
 * than in a second. A machine that slept through it renews when it wakes.
 */
export function renewalDelayMs(expiresAt: Date, now: Date): number {
  return Math.max(1_000, Math.floor(((expiresAt.getTime() - now.getTime()) * 2) / 3));
}

export interface Renewal {
  stop(): void;
}

/**
 * Renews the certificates of these services for as long as the exchange runs, and tells after each round which files
 * changed, so that servers can be told to read them again.
 *
 * @param onFailure hears why a round failed; it is tried again a minute later, while the old certificate is still valid.
 */
export function keepRenewed(
  authority: CertificateAuthority,
  leafs: readonly Leaf[],
  onRenewed: (leafs: readonly Leaf[]) => Promise<void>,
  onFailure: (error: unknown) => void,
  now: () => Date = () => new Date(),
): Renewal {
  let timer: NodeJS.Timeout;
  const later = (delayMs: number, current: readonly Leaf[]): void => {
    // setTimeout holds at most 2^31 - 1 ms.
    timer = setTimeout(() => void round(current), Math.min(delayMs, 2 ** 31 - 1));
    timer.unref();
  };
  const round = async (current: readonly Leaf[]): Promise<void> => {
    try {
      const renewed = await Promise.all(current.map(({ name }) => authority.renew(name)));
      await onRenewed(renewed);
      later(untilFirst(renewed, now()), renewed);
    } catch (error) {
      onFailure(error);
      later(60_000, current);
    }
  };
  later(untilFirst(leafs, now()), leafs);
  return { stop: () => clearTimeout(timer) };
}

function untilFirst(leafs: readonly Leaf[], now: Date): number {
  return Math.min(...leafs.map(({ expiresAt }) => renewalDelayMs(expiresAt, now)));
}
