// C2SP tlog-witness v1.0.0, "add-checkpoint" (https://c2sp.org/tlog-witness@v1.0.0#add-checkpoint).
import {
  cosign,
  type CosignatureRefusal,
  decideCosignature,
  formatSignatureLine,
  type NoteSigner,
  parseAddCheckpoint,
  type AddCheckpoint,
  readCheckpoint,
  shardOfOrigin,
  TransparencyLogError,
  type TreeHead,
  type WitnessedLogs,
} from '@hie/transparency-log';

import type { Comparison } from './published-checkpoint.js';
import type { WitnessRecords } from './records.js';

/** What is answered to an `add-checkpoint` request. */
export interface WitnessAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Something to be said in the log: names of logs, sizes and codes. */
export type WitnessEvent = Readonly<Record<string, string | number>> & { readonly event: string };

export interface WitnessParts {
  readonly records: WitnessRecords;
  readonly signers: readonly NoteSigner[];
  readonly logs: WitnessedLogs;
  /** Compares the record with what the log publishes; asked until it has said `remembered` once, and no more. */
  readonly compare: (origin: string, latest: TreeHead | undefined) => Promise<Comparison>;
  readonly nowSeconds: () => number;
  readonly tell: (event: WitnessEvent) => void;
  /** Told when the record is older than what this witness is seen to have vouched for: it must not go on. */
  readonly onForgotten: (origin: string) => void;
}

const SIZE_TYPE = 'text/x.tlog.size';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/**
 * Vouches for logs, one request of a log at a time: what was checked against is what is replaced.
 *
 * @returns what to answer to a request's body. Rejects when the record can't be read or written; then nothing was signed.
 */
export function witness(parts: WitnessParts): (body: string) => Promise<WitnessAnswer> {
  const { records, logs, tell } = parts;
  const inTurn = turns();
  const compared = new Set<string>();

  const mayGoOn = async (origin: string, latest: TreeHead | undefined): Promise<boolean> => {
    if (compared.has(origin)) return true;
    const comparison = await parts.compare(origin, latest);
    if (comparison === 'remembered') compared.add(origin);
    if (comparison === 'forgotten') parts.onForgotten(origin);
    return comparison === 'remembered';
  };

  const answer = async (body: string, request: AddCheckpoint, origin: string): Promise<WitnessAnswer> => {
    const latest = await records.latest(origin);
    const decision = decideCosignature(request, logs, latest);
    if (decision.kind === 'refuse') {
      if (decision.reason === 'root-differs' || decision.reason === 'inconsistent') await records.keepEvidence(body);
      tell({ event: 'refused', origin, reason: decision.reason, status: decision.status });
      return refusal(decision);
    }
    if (!(await mayGoOn(origin, latest))) return { status: 503, contentType: TEXT_TYPE, body: 'not-compared\n' };
    const { checkpoint } = decision;
    if (latest === undefined || checkpoint.checkpoint.size > latest.size) {
      await records.setLatest(origin, request.checkpoint);
    }
    const lines = await Promise.all(
      parts.signers.map(async (signer) => formatSignatureLine(await cosign(checkpoint, signer, parts.nowSeconds()))),
    );
    return { status: 200, contentType: TEXT_TYPE, body: lines.join('') };
  };

  return (body) => {
    const read = attempt(() => {
      const request = parseAddCheckpoint(body);
      return { request, origin: readCheckpoint(request.checkpoint).checkpoint.origin };
    });
    if (read === undefined) return Promise.resolve({ status: 400, contentType: TEXT_TYPE, body: 'malformed\n' });
    // Only logs it watches have a place in the order, and all of a chain one, so that strangers can't grow it.
    return inTurn(logs.has(read.origin) ? (shardOfOrigin(read.origin)?.base ?? read.origin) : '', () =>
      answer(body, read.request, read.origin),
    );
  };
}

function refusal(decision: CosignatureRefusal): WitnessAnswer {
  const { status, reason } = decision;
  if (reason === 'stale') return { status, contentType: SIZE_TYPE, body: `${decision.latestSize}\n` };
  return { status, contentType: TEXT_TYPE, body: `${reason}\n` };
}

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return undefined;
    throw failure;
  }
}

/** One at a time for each key, in the order asked. */
function turns(): <Result>(key: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const result = (last.get(key) ?? Promise.resolve()).then(work);
    last.set(
      key,
      result.catch(() => undefined),
    );
    return result;
  };
}
