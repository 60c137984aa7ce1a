// ATTACKS.md E11: a sequencer that is stopped between two steps, another that takes over its folder at the operator's word, and the first that
// goes on. From then on the first can append nothing, whatever it still had in mind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { shardOfOrigin } from '@hie/transparency-log';
import { request } from 'undici';

import { eventually } from '../support/doors.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { runLoad } from '../support/load.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const LEDGER = 'audit-ledger';

describe('a sequencer that is taken over from while it is stopped', () => {
  let exchange: SharedExchange;
  let audit: LedgerAudit;
  let log: PublicLog;
  beforeAll(() => {
    exchange = sharedExchange();
    audit = new LedgerAudit(exchange);
    log = new PublicLog(exchange);
  });
  afterAll(async () => {
    await Promise.all([audit.close(), log.close()]);
    await exchange.close();
  });

  const control = async (verb: string): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/${LEDGER}`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };
  const said = () => readFile(join(exchange.run, 'logs', `${LEDGER}.log`), 'utf8');
  /** The process that holds the folder of the shard that takes entries. */
  const writer = async (): Promise<number> => {
    const leases = join(exchange.run, 'ledger', shardOfOrigin(log.trust.origin)?.name ?? '', '.writer');
    const newest = (await readdir(leases))
      .filter((name) => /^\d+$/.test(name))
      .sort((a, b) => Number(b) - Number(a))[0];
    const owner = JSON.parse(await readFile(join(leases, newest ?? '', 'owner.json'), 'utf8')) as { pid: number };
    return owner.pid;
  };
  /** Starts the same program with the same settings beside it, at another port, and told to take over. */
  const second = async (pid: number) => {
    const lines = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter(Boolean);
    const settings = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').filter(Boolean);
    const port = await freePort();
    const env = { ...Object.fromEntries(settings), PORT: String(port), LEDGER_TAKE_OVER: 'yes' } as NodeJS.ProcessEnv;
    const process = spawn(args[0] ?? '', args.slice(1), { env, stdio: 'ignore' });
    return { process, url: `https://127.0.0.1:${port}` };
  };

  it('E11: appends nothing any more when it goes on, and ends', async () => {
    const before = await runLoad(exchange, { queries: 4, inFlight: 2, deadlineMs: 5_000 });
    await audit.settled();
    const first = await writer();
    await control('pause');
    const { process: other, url } = await second(first);
    const endings = [...before];
    try {
      await eventually(async () => {
        const answer = await log.ask(`${url}/health/ready`).catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      }, 60_000);
      expect(await writer()).toBe(other.pid);
      const during = await runLoad(exchange, { queries: 8, inFlight: 2, deadlineMs: 5_000 });
      expect(during.filter(({ receipt }) => receipt === undefined)).toEqual([]);
      endings.push(...during);

      const told = (await said()).length;
      await control('resume');
      // The most that it could do: close the log that is no longer its own, and begin another.
      await control('hand-over');
      await eventually(async () => {
        const now = (await said()).slice(told);
        return /"msg":"ledger closed"/.test(now) && now.includes('"code":"fenced"') ? true : undefined;
      }, 30_000);
    } finally {
      if (other.exitCode === null && other.kill('SIGTERM')) await once(other, 'exit');
      await control('down');
      await control('up');
    }
    endings.push(...(await runLoad(exchange, { queries: 4, inFlight: 2, deadlineMs: 5_000 })));
    const receipts = endings.flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt]));
    expect(receipts).toHaveLength(endings.length);
    await audit.settled(60_000);
    const { verdict, eventIds } = await audit.verify();
    expect(verdict.kind).toBe('verified');
    expect(new Set(eventIds).size).toBe(eventIds.length);
    expect(await audit.size()).toBe(eventIds.length);
    expect(receipts.filter((receipt) => eventIds[receipt.index] !== receipt.eventId)).toEqual([]);
  }, 300_000);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
