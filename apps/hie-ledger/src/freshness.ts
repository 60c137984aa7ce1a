import type { Cosigner } from '@hie/transparency-log';

/** When a quorum had vouched, by the witnesses' own clocks, seconds since the epoch; 0 when fewer have. */
export function vouchedForAt(cosigners: readonly Cosigner[], quorum: number): number {
  const newestFirst = cosigners.map(({ timestampSeconds }) => timestampSeconds).sort((a, b) => b - a);
  return newestFirst[quorum - 1] ?? 0;
}
