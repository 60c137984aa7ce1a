// Proofs of the log by HTTP, believed by nobody: each is checked here against keys and checkpoints that came another way.
import {
  type OpenCheckpoint,
  isConsistent,
  leafHash,
  logProofs,
  openCheckpoint,
  openProofFile,
} from '@hie/transparency-log';

import { eventually } from '../support/doors.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

interface Consistency {
  readonly shard: string;
  readonly old: number;
  readonly size: number;
  readonly consistency: readonly string[];
}

describe('the ledger proves', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let published: OpenCheckpoint;
  let url: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    url = new URL('/proofs', exchange.description.ledger.url).href;
    published = await eventually(async () => {
      const raw = await log.reader.read('checkpoint');
      const head = raw && openCheckpoint(Buffer.from(raw).toString('utf8'), log.witnessedTrust);
      return head !== undefined && head.size > 2 ? head : undefined;
    });
  });
  afterAll(async () => {
    await log.close();
    await exchange.close();
  });

  const ask = async (path: string): Promise<{ readonly status: number; readonly text: string }> =>
    log.ask(`${url}/${path}`);

  it.each([
    ['the first entry', () => 0],
    ['an entry in the middle', () => Math.floor(published.size / 2)],
    ['the newest published entry', () => published.size - 1],
  ])('that %s is in the log, to whoever trusts its witnesses', async (_which, at) => {
    const index = at();
    const { status, text } = await ask(`inclusion/${index}`);
    expect(status).toBe(200);
    const hash = leafHash(await logProofs(log.reader).entry(index, published));
    const proven = openProofFile(text, hash, log.witnessedTrust);
    expect(proven.index).toBe(index);
    expect(proven.checkpoint.size).toBeGreaterThanOrEqual(published.size);
    // And of no other entry.
    expect(() => openProofFile(text, leafHash(Buffer.from('another')), log.witnessedTrust)).toThrow('inclusion');
  });

  it('that what is published goes on from what was', async () => {
    const { checkpointsUrl } = exchange.description.ledger;
    const kept = await log.checkpoints(checkpointsUrl);
    const [older, newer] = [kept[0] as OpenCheckpoint, kept.at(-1) as OpenCheckpoint];
    expect(older.size).toBeLessThan(newer.size);
    const { status, text } = await ask(`consistency?old=${older.size}&size=${newer.size}`);
    expect(status).toBe(200);
    const answer = JSON.parse(text) as Consistency;
    expect(answer).toMatchObject({ old: older.size, size: newer.size });
    const proof = answer.consistency.map((hash) => Buffer.from(hash, 'base64'));
    expect(isConsistent(older, newer, proof)).toBe(true);
    expect(isConsistent({ ...older, root: Buffer.alloc(32) }, newer, proof)).toBe(false);
  });

  it.each([
    ['inclusion/1000000000', 404],
    ['inclusion/-1', 400],
    ['inclusion/first', 400],
    ['inclusion/0?shard=1999h1', 404],
    ['inclusion/0?shard=..%2F..', 400],
    ['consistency?old=1000000000', 404],
    ['consistency?old=2&size=1', 404],
    ['consistency', 400],
  ])('nothing it has not got: %s is %i', async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });
});
