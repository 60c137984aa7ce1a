// The half-year turns, by the operator's command, while queries come; and the sequencer is killed while it hands over. Nothing that was
// acknowledged is lost, and whoever follows the chain of logs, from either end, finds it whole under the witnesses' quorum. It is in this
// tier because it leaves the exchange with another log than it found, and no other file of the tier reads the log's files.
import { logReader } from '@hie/local-exchange';
import {
  type ShardVerdict,
  isIncluded,
  openCheckpoint,
  shardOfOrigin,
  trustOfShard,
  verifyShards,
} from '@hie/transparency-log';
import { Agent, request } from 'undici';

import { eventually } from '../support/doors.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { type Ending, runLoad } from '../support/load.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const TURNS = 4;

interface Listed {
  readonly shards: readonly { readonly name: string; readonly size: number; readonly isClosed: boolean }[];
}

describe('a ledger that begins a new shard', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let ledger: LedgerAudit;
  let agent: Agent;
  beforeAll(() => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    ledger = new LedgerAudit(exchange);
    agent = new Agent({ connect: { ca: exchange.ca } });
  });
  afterAll(async () => {
    await Promise.all([log.close(), ledger.close(), agent.close()]);
    await exchange.close();
  });

  const control = async (verb: string): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/audit-ledger`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };
  const listed = async (): Promise<Listed['shards']> =>
    (JSON.parse((await log.ask(exchange.description.ledger.shardsUrl)).text) as Listed).shards;
  const chainFrom = async (name: string): Promise<readonly ShardVerdict[]> =>
    verifyShards(trustOfShard(log.witnessedTrust, name), {
      readerOf: (each) => logReader(new URL(`../${each}/`, exchange.description.ledger.url).href, agent),
      offered: (await listed()).map((shard) => shard.name),
    });

  it('under load, and killed in between, loses and doubles nothing', async () => {
    const endings: Ending[] = [];
    for (let at = 0; at < TURNS; at += 1) {
      const run = async (): Promise<void> => {
        await control('hand-over');
        // Every second time it dies in the hand-over, or just after it.
        if (at % 2 === 1) await control('kill');
      };
      endings.push(
        ...(await runLoad(exchange, { queries: 12, inFlight: 4, deadlineMs: 5_000, after: { ended: 4, run } })),
      );
      await control('ready');
    }
    const receipts = endings.flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt]));
    expect(receipts.length).toBeGreaterThan(TURNS);
    await ledger.settled(60_000);
    await eventually(
      async () => ((await listed()).slice(0, -1).every(({ isClosed }) => isClosed) ? true : undefined),
      60_000,
    );

    const names = (await listed()).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(2);
    const first = shardOfOrigin(log.trust.origin)?.name ?? '';
    for (const start of [first, names.at(-1) ?? '']) {
      const found = await eventually(async () => {
        const now = await chainFrom(start);
        return now.every(({ verdict }) => verdict.kind === 'verified') ? now : undefined;
      });
      expect(found.map(({ name, chain }) => [name, chain])).toEqual(names.map((name) => [name, undefined]));
    }
    const forged = receipts.filter(({ shard = '', checkpoint, index, leafHash, proof }) => {
      const head = openCheckpoint(checkpoint, trustOfShard(log.trust, shard));
      const path = proof.map((hash) => new Uint8Array(Buffer.from(hash, 'base64')));
      return !isIncluded({ index, leafHash: new Uint8Array(Buffer.from(leafHash, 'base64')), ...head }, path);
    });
    expect(forged).toEqual([]);
    expect(new Set(receipts.map(({ shard, index }) => `${shard}/${index}`)).size).toBe(
      new Set(receipts.map(({ eventId }) => eventId)).size,
    );
    const total = (await listed()).reduce((sum, { size }) => sum + size, 0);
    await eventually(async () => ((await ledger.size()) >= total ? true : undefined));
  }, 300_000);
});
