/** Remembers assertion ids until they expire: each is good once. */
export interface ReplayGuard {
  /** True when the id of this issuer was not seen before; remembers it until `expiresAtS` (seconds of the epoch). */
  readonly isFirst: (issuer: string, id: string, expiresAtS: number, nowS: number) => boolean;
}

const SWEEP_AT = 10_000;

/** A guard in memory. Its size is bounded by the rate of valid assertions times their five minutes. */
export function replayGuard(): ReplayGuard {
  const seen = new Map<string, number>();
  return {
    isFirst: (issuer, id, expiresAtS, nowS) => {
      if (seen.size >= SWEEP_AT) for (const [key, until] of seen) if (until <= nowS) seen.delete(key);
      const key = JSON.stringify([issuer, id]);
      if (seen.has(key)) return false;
      seen.set(key, expiresAtS);
      return true;
    },
  };
}
