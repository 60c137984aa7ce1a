// The ledger's sequencer is killed and stays down. Nothing can be released meanwhile, since no receipt comes; but what happened before can
// be read, verified and searched: a replica serves it, and says up to where it is true.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TILE_WIDTH, openCheckpoint, tilePath, verifyLog } from '@hie/transparency-log';
import { logReader } from '@hie/local-exchange';
import { Agent, request } from 'undici';

import { eventually } from '../support/doors.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { runLoad } from '../support/load.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

interface Extent {
  readonly role: string;
  readonly trueTo: number;
  readonly checkpoint: string;
}

interface Found {
  readonly entry?: readonly unknown[];
  readonly meta?: { readonly extension?: readonly { readonly extension: readonly { valueString?: string }[] }[] };
}

describe('a replica of the ledger', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let ledger: LedgerAudit;
  let agent: Agent;
  let replicaUrl: string;
  beforeAll(() => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    ledger = new LedgerAudit(exchange);
    agent = new Agent({ connect: { ca: exchange.ca } });
    replicaUrl = exchange.replicaUrls[0] as string;
  });
  afterAll(async () => {
    await Promise.all([log.close(), ledger.close(), agent.close()]);
    await exchange.close();
  });

  const control = async (verb: 'down' | 'up' | 'pause' | 'resume'): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/audit-ledger`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };
  const extentAt = async (url: string): Promise<Extent> => JSON.parse((await log.ask(`${url}/extent`)).text) as Extent;
  /** The log's files, at the replica. */
  const shardUrl = (): string => new URL(new URL(exchange.description.ledger.url).pathname, replicaUrl).href;
  const search = async (): Promise<Found> => {
    const url = `${exchange.description.gateway.url}/fhir/AuditEvent?type=110106&_count=200`;
    const answer = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
    expect(answer.status).toBe(200);
    return answer.json<Found>();
  };

  it('is read, verified and searched while the sequencer is dead', async () => {
    const answered = await runLoad(exchange, { queries: 6, inFlight: 2, deadlineMs: 5_000 });
    expect(answered.filter(({ receipt }) => receipt === undefined)).toEqual([]);
    await ledger.settled();
    const size = await ledger.size();
    const before = await extentAt(replicaUrl);
    expect(before).toMatchObject({ role: 'replica' });
    const shown = (await search()).entry?.length ?? 0;
    expect(shown).toBeGreaterThan(0);

    await control('down');
    try {
      await expect(log.ask(`${exchange.urls['audit-ledger'] ?? ''}/extent`)).rejects.toThrow();

      const now = await extentAt(replicaUrl);
      expect(now.trueTo).toBeGreaterThanOrEqual(size);
      expect(openCheckpoint(now.checkpoint, log.trust).size).toBeGreaterThanOrEqual(now.trueTo);

      const verdict = await eventually(async () => {
        const found = await verifyLog(logReader(shardUrl(), agent), log.witnessedTrust);
        return found.kind === 'verified' ? found : undefined;
      });
      expect(verdict.checkpoint.size).toBeGreaterThan(0);

      const found = await search();
      expect(found.entry?.length).toBeGreaterThanOrEqual(shown);
      const said = found.meta?.extension?.[0]?.extension.find(({ valueString }) => valueString !== undefined);
      expect(openCheckpoint(said?.valueString ?? '', log.trust).size).toBeGreaterThanOrEqual(size);
    } finally {
      await control('up');
    }
    // What was told meanwhile (the search itself) waited on Kafka.
    await eventually(async () => ((await ledger.size()) > size ? true : undefined));
    expect((await ledger.verify()).verdict.kind).toBe('verified');
  }, 180_000);

  it('F13: says within two intervals that the sequencer stands still, and that it goes on', async () => {
    const freshness = async () => {
      const { status, text } = await log.ask(`${replicaUrl}/freshness`);
      return { status, ...(JSON.parse(text) as { code?: string; vouchedAt?: string }) };
    };
    const said = () => readFile(join(exchange.run, 'logs', 'audit-ledger-replica-1.log'), 'utf8');
    const isFresh = async () => ((await freshness()).status === 200 ? true : undefined);
    await eventually(isFresh, 30_000);
    const [before, { vouchedAt = '' }] = [await said(), await freshness()];
    // Nobody tells the ledger anything: its word is renewed all the same.
    await eventually(async () => ((await freshness()).vouchedAt !== vouchedAt ? true : undefined), 30_000);

    await control('pause');
    try {
      const stale = await eventually(async () => {
        const now = await freshness();
        return now.status === 503 ? now : undefined;
      }, 60_000);
      expect(stale.code).toBe('log-stale');
      await eventually(async () =>
        /"code":"log-stale".*"msg":"ledger stands still"/.test((await said()).slice(before.length)) ? true : undefined,
      );
      // It serves what there is, and says how old that is.
      expect((await extentAt(replicaUrl)).trueTo).toBeGreaterThan(0);
    } finally {
      await control('resume');
    }
    await eventually(isFresh, 60_000);
    await eventually(async () =>
      (await said()).slice(before.length).includes('"msg":"ledger goes on"') ? true : undefined,
    );
  }, 240_000);

  it('serves the log’s files with the headers that tlog-tiles wants, and takes no orders', async () => {
    const headersOf = async (path: string) => {
      const { statusCode, headers, body } = await request(new URL(path, replicaUrl), { dispatcher: agent });
      await body.dump();
      return { statusCode, cache: headers['cache-control'], type: headers['content-type'] };
    };
    expect(await headersOf(`${shardUrl()}checkpoint`)).toEqual({
      ...{ statusCode: 200, cache: 'no-cache', type: 'text/plain; charset=utf-8' },
    });
    const { size } = openCheckpoint((await log.ask(`${shardUrl()}checkpoint`)).text, log.witnessedTrust);
    const [index, width] = [Math.floor((size - 1) / TILE_WIDTH), ((size - 1) % TILE_WIDTH) + 1];
    expect(await headersOf(`${shardUrl()}${tilePath({ level: 0, index, width })}`)).toEqual({
      ...{ statusCode: 200, cache: 'public, max-age=31536000, immutable', type: 'application/octet-stream' },
    });
    for (const path of ['/witnesses', '/ledger/cases', '/ledger/holds']) {
      expect((await headersOf(path)).statusCode).toBe(404);
    }
  });
});
