import { type Cosigner, vouchedAt } from '@hie/transparency-log';

/** When a quorum had vouched, by the witnesses' own clocks, seconds since the epoch; 0 when fewer have. */
export const vouchedForAt = (cosigners: readonly Cosigner[], quorum: number): number =>
  vouchedAt(cosigners, quorum) ?? 0;
