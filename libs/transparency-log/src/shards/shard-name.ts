// C2SP tlog-checkpoint, origin (https://c2sp.org/tlog-checkpoint): the names of the logs of a chain.
import { type VerifierKey, verifierKey } from '../notes/verifier-key.js';

/**
 * The name of a shard: a half-year, `2026h2`, in UTC; `2026h2-2` for the second that was begun in it, by an operator's command. It is the
 * shard's folder, the last part of its public URL and of its origin.
 */
const FORM = /^(?<year>\d{4})h(?<half>[12])(?:-(?<part>[2-9]|[1-9]\d{1,2}))?$/;

export function isShardName(text: string): boolean {
  return FORM.test(text);
}

/** The half-year of a moment, ms since the epoch. */
export function shardAt(nowMs: number): string {
  const now = new Date(nowMs);
  return `${now.getUTCFullYear()}h${now.getUTCMonth() < 6 ? 1 : 2}`;
}

/** Negative when `a` comes before `b`. @throws RangeError for what is no shard's name. */
export function compareShards(a: string, b: string): number {
  const [first, second] = [orderOf(a), orderOf(b)];
  return first - second;
}

/** What comes after a shard: the present half-year, where that is later, and otherwise the next part of the shard's own. */
export function nextShard(name: string, nowMs: number): string {
  const present = shardAt(nowMs);
  if (compareShards(present, name) > 0) return present;
  const [half = '', part = '1'] = name.split('-');
  return `${half}-${Number(part) + 1}`;
}

/** The end of a shard's half-year, ms since the epoch: nothing in it happened later. */
export function shardEndMs(name: string): number {
  const { year, half } = partsOf(name);
  return half === 1 ? Date.UTC(year, 6, 1) : Date.UTC(year + 1, 0, 1);
}

/** The identity of a shard's log. @param base that of the chain of all shards. */
export function shardOrigin(base: string, name: string): string {
  return `${base}/${name}`;
}

/** The chain that a log is a shard of, and its name there; `undefined` for a log that is no shard. */
export function shardOfOrigin(origin: string): { readonly base: string; readonly name: string } | undefined {
  const slash = origin.lastIndexOf('/');
  const name = origin.slice(slash + 1);
  return slash > 0 && isShardName(name) ? { base: origin.slice(0, slash), name } : undefined;
}

/** The same key under the name of another shard: each shard's checkpoints are signed in its own name. */
export function keyOfOrigin({ type, publicKey }: VerifierKey, origin: string): VerifierKey {
  return verifierKey(origin, type, publicKey);
}

function partsOf(name: string): { readonly year: number; readonly half: number; readonly part: number } {
  const { year, half, part = '1' } = FORM.exec(name)?.groups ?? {};
  if (year === undefined || half === undefined) throw new RangeError('not the name of a shard');
  return { year: Number(year), half: Number(half), part: Number(part) };
}

function orderOf(name: string): number {
  const { year, half, part } = partsOf(name);
  return (year * 2 + half) * 1000 + part;
}
