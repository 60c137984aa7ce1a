import type { ClientCredentials } from './arrivals.js';

export type Chain = 'bare' | 'dressed' | 'query';

/** What the load process is told to do. */
export interface LoadOrder {
  readonly chain: Chain;
  /** What is asked: the floor's `/ask`, or the hook. */
  readonly url: string;
  readonly inFlight: number;
  readonly forMs: number;
  /** Members the caller expects to find named as missing; an answer that names them is whole. */
  readonly missing?: readonly string[];
}

/** What came of it. */
export interface LoadReport {
  readonly latenciesMs: readonly number[];
  readonly elapsedMs: number;
  /** By HTTP status or error code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers that were looked into, and how many of them had every custodian's part. */
  readonly inspected: number;
  readonly whole: number;
  /** Answers looked into that name every member of `missing` as missing. */
  readonly namingMissing: number;
}

/** What the load process is started with. */
export interface LoadSetting {
  readonly port: number;
  readonly caPath: string;
  readonly tokenUrl: string;
  readonly clients: readonly ClientCredentials[];
  readonly arrivalsPath: string;
}
