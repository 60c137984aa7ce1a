// The keys that others outside hold on to change by command, while the exchange runs: identity-provider's, the log's, and what wraps data keys and patients' keys.
import { execFileSync } from 'node:child_process';
import { type JsonWebKey, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ServiceName } from '@hie/contracts';
import { MemberKeyFolder, readKeyFileAt } from '@hie/key-store';
import { askOnArrival, keyFilesIn, protectionIn } from '@hie/local-exchange';
import { keyUnder } from '@hie/persistence';
import type { Story } from '@hie/population';
import {
  formatVerifierKey,
  keyOfOrigin,
  openCheckpoint,
  parseVerifierKey,
  shardOfOrigin,
  shardOrigin,
} from '@hie/transparency-log';
import { decodeProtectedHeader } from 'jose';
import { Client, type QueryResultRow } from 'pg';
import { Agent, request } from 'undici';

import { emrOf, eventually, treatment } from '../support/doors.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const hie = fileURLToPath(new URL('../../apps/hie/bin/hie.mjs', import.meta.url));
/** A service looks at its key file every two seconds. */
const WITHIN_MS = 30_000;

describe('by command', () => {
  let exchange: SharedExchange;
  let story: Story;
  let agent: Agent;
  beforeAll(async () => {
    exchange = sharedExchange();
    agent = new Agent({ connect: { ca: exchange.ca } });
    story = await leadStory(exchange);
  });
  afterAll(async () => {
    await agent.close();
    await exchange.close();
  });

  const filesOf = (service: ServiceName) => keyFilesIn(join(exchange.run, 'trust'), service);
  const keysOf = (service: ServiceName, path = filesOf(service).keyFile) =>
    readKeyFileAt(path, service, protectionIn(join(exchange.run, 'trust'), service)) as { wrapping: string[] };
  const rotate = (service: ServiceName, ...rest: readonly string[]): string => {
    const { NODE_OPTIONS: _ofJest, ...env } = process.env;
    return execFileSync(process.execPath, [hie, 'keys', 'rotate', service, ...rest], {
      env: { ...env, KEY_FILE: filesOf(service).keyFile, KEY_FILE_SECRET: filesOf(service).secret },
      encoding: 'utf8',
    });
  };
  const rowsOf = async <T extends QueryResultRow>(query: string): Promise<readonly T[]> => {
    const database = new Client({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca } });
    await database.connect();
    const { rows } = await database.query<T>(query);
    await database.end();
    return rows;
  };
  const ask = async () =>
    askOnArrival(exchange, emrOf(exchange, story), { patient: await arrivingPatient(exchange, story) });

  /** Whoever puts a key to use before caches of the set have run out may be refused until the gateway asks for it again, within ten seconds. */
  const onceKnown = () =>
    eventually(
      () =>
        ask().catch((error: { readonly cause?: { readonly status: number } }) => {
          if (error.cause?.status !== 401) throw error;
          return undefined;
        }),
      WITHIN_MS,
    );

  it('identity-provider signs with its next key, both published meanwhile, and everybody goes on', async () => {
    const watch = await LedgerWatch.on(exchange, 'keys.changed');
    const published = async (): Promise<readonly (string | undefined)[]> => {
      const { body } = await request(`${exchange.description.identityProvider.issuer}/jwks`, { dispatcher: agent });
      return ((await body.json()) as { keys: (JsonWebKey & { kid?: string })[] }).keys.map(({ kid }) => kid);
    };
    const publishing = (count: number) =>
      eventually(async () => ((await published()).length === count ? published() : undefined), WITHIN_MS);
    const kidOfToken = async () => decodeProtectedHeader((await emrOf(exchange, story).token(treatment)).token).kid;

    const [former] = await published();
    rotate('identity-provider', 'oidc', 'publish');
    const next = (await publishing(2)).at(1);
    expect(await kidOfToken()).toBe(former);
    rotate('identity-provider', 'oidc', 'use');
    await eventually(async () => ((await kidOfToken()) === next ? next : undefined), WITHIN_MS);
    expect((await published()).length).toBe(2);
    // Nothing is retired here: tokens of the former key are about, of other files' clients too. With one of the next: the gateway fetches the set when it meets a key it does not know.
    expect((await onceKnown()).coverage.length).toBeGreaterThan(1);
    const told = await eventually(
      async () => ((await watch.since()).length >= 2 ? watch.since() : undefined),
      WITHIN_MS,
    );
    expect(told.map(({ entry }) => JSON.stringify(entry))).toEqual([
      expect.stringContaining(`oidc ${next}+${former}"`),
      expect.stringContaining(`oidc ${former}+${next}"`),
    ]);
  });

  it('the log is signed by both keys, and a verifier who knows either believes it', async () => {
    const log = join(exchange.run, 'ledger');
    const vkeys = rotate('audit-ledger', 'log', 'publish', '--log', log).trim().split('\n');
    expect(vkeys).toHaveLength(2);
    const { name, base } = shardOf(exchange);
    // Given out in the name of the chain; each log signs in its own.
    const ofShard = (vkey = '') => keyOfOrigin(parseVerifierKey(vkey), shardOrigin(base, name));
    expect(formatVerifierKey(ofShard(vkeys[0]))).toBe(exchange.description.ledger.verifierKey);
    const opensWith = (raw: string, vkey = ''): boolean => {
      try {
        return openCheckpoint(raw, { origin: shardOrigin(base, name), logKeys: [ofShard(vkey)] }).size > 0;
      } catch {
        return false;
      }
    };
    const receipt = await eventually(async () => {
      const { receipt } = await ask();
      return opensWith(receipt.checkpoint, vkeys[1]) ? receipt : undefined;
    }, WITHIN_MS);
    expect(opensWith(receipt.checkpoint, vkeys[0])).toBe(true);
    // Cosigned too: witnesses know the former alone, and that is enough.
    await eventually(
      () => Promise.resolve(opensWith(readFileSync(join(log, name, 'checkpoint'), 'utf8'), vkeys[1]) || undefined),
      WITHIN_MS,
    );
    // The other files of this tier hold on to the former key: the next one is given up.
    rotate('audit-ledger', 'log', 'retire', '--log', log);
    await eventually(async () => {
      const { receipt: after } = await ask();
      return opensWith(after.checkpoint, vkeys[1]) ? undefined : after;
    }, WITHIN_MS);
  });

  it('members’ data keys are wrapped under the next key, and the former opens nothing any more', async () => {
    const {
      wrapping: [former],
    } = keysOf('patient-index');
    const watch = await LedgerWatch.on(exchange, 'keys.rewrapped');
    rotate('patient-index', 'wrapping', 'publish');
    const told = await eventually(async () => (await watch.since()).at(0), WITHIN_MS);
    const { wrapping } = keysOf('patient-index');
    expect(wrapping[1]).toBe(former);
    const members = new MemberKeyFolder(
      filesOf('patient-index').members,
      protectionIn(join(exchange.run, 'trust'), 'patient-index').memberSeal,
    );
    members.close();
    const rows = await rowsOf<{ member_id: string; wrapped_key: Buffer }>(
      `select * from patient_index.member_key where member_id in ('${members.members().join(`','`)}')`,
    );
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(told.entry)).toContain(`"count":${rows.length}`);
    const under = (key = '', memberId: string) =>
      keyUnder([createSecretKey(key, 'base64url'), members.find(memberId)!], 'hie member data key')
        .export()
        .toString('base64url');
    expect(
      rows.map(({ member_id, wrapped_key }) =>
        [wrapping[0], former].map((key) => opens(wrapped_key, under(key, member_id))),
      ),
    ).toEqual(rows.map(() => [true, false]));
    rotate('patient-index', 'wrapping', 'retire');
    expect((await ask()).coverage.length).toBeGreaterThan(1);
  });

  it('patients’ keys are wrapped under the next key while entries are appended, and the former opens none', async () => {
    // As another process of the service would have it.
    const replica = join(mkdtempSync(join(tmpdir(), 'hie-replica-')), 'keys.json');
    cpSync(filesOf('audit-ledger').keyFile, replica);
    const watch = await LedgerWatch.on(exchange, 'keys.rewrapped');
    rotate('audit-ledger', 'wrapping', 'publish', '--also', replica);
    // Persons whom the ledger meets meanwhile have keys of their own.
    expect((await ask()).coverage.length).toBeGreaterThan(1);
    await eventually(async () => (await watch.since()).at(0), WITHIN_MS);
    const { wrapping } = keysOf('audit-ledger');
    expect(keysOf('audit-ledger', replica).wrapping).toEqual(wrapping);
    const rows = await rowsOf<{ wrapped: Buffer }>(
      'select wrapped from audit_ledger.patient_key where wrapped is not null',
    );
    expect(rows.length).toBeGreaterThan(0);
    const derived = wrapping.map((key) =>
      Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64url'), '', 'hie ledger patient keys', 32)),
    );
    expect(rows.map(({ wrapped }) => derived.map((key) => opens(wrapped, key.toString('base64url'))))).toEqual(
      rows.map(() => [true, false]),
    );
    rotate('audit-ledger', 'wrapping', 'retire', '--also', replica);
    rmSync(dirname(replica), { recursive: true });
    expect((await ask()).receipt.checkpoint).toContain(shardOf(exchange).base);
  });

  it('the master key of patient-index changes in three steps, each told, and those of ledger and gateway not', async () => {
    const watch = await LedgerWatch.on(exchange, 'keys.changed');
    const changes = async () =>
      (await watch.since()).filter(({ entry }) => JSON.stringify(entry).includes('master ')).length;
    for (const [at, step] of ['publish', 'use', 'retire'].entries()) {
      rotate('patient-index', 'master', step);
      await eventually(async () => ((await changes()) === at + 1 ? true : undefined), WITHIN_MS);
    }
    expect((await ask()).coverage.length).toBeGreaterThan(1);
    for (const service of ['audit-ledger', 'gateway'] as const) {
      expect(() => rotate(service, 'master', 'publish')).toThrow('This master key stays.');
    }
  });
});

function shardOf({ description: { ledger } }: SharedExchange): { readonly base: string; readonly name: string } {
  const shard = shardOfOrigin(parseVerifierKey(ledger.verifierKey).name);
  if (shard === undefined) throw new RangeError('The exchange shows no half-yearly log.');
  return shard;
}

/** AES Key Wrap, RFC 3394. */
function opens(wrapped: Buffer, under = ''): boolean {
  const iv = Buffer.from('a6a6a6a6a6a6a6a6', 'hex');
  try {
    const decipher = createDecipheriv('id-aes256-wrap', Buffer.from(under, 'base64url'), iv);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]).length === 32;
  } catch {
    return false;
  }
}
