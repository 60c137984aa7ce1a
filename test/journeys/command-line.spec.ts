// Somebody signs in at the command line and works there: the real program, the real pages, a passkey in software in place of the browser.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { OPERATOR } from '@hie/contracts';
import type { KeptSession } from '@hie/exchange-client';
import type { ShownEntry } from '@hie/local-exchange';
import pg from 'pg';
import { request } from 'undici';

import { invite } from '../support/invite.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { PasskeyHolder } from '../support/passkey-holder.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const HIE = fileURLToPath(new URL('../../apps/hie/bin/hie.mjs', import.meta.url));
const run = promisify(execFile);

interface Requester {
  readonly userId?: string;
}

describe('a data steward at the command line', () => {
  let exchange: SharedExchange;
  let database: pg.Client;
  let holder: PasskeyHolder;
  let personId: string;
  let state: string;
  let file: string;

  beforeAll(async () => {
    exchange = sharedExchange();
    database = new pg.Client({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca } });
    await database.connect();
    holder = new PasskeyHolder(exchange);
    const invited = await invite(exchange, OPERATOR, 'Stella Steward', 'data-steward');
    ({ personId } = invited);
    await holder.enrol(invited.code);
    state = join(exchange.run, `state-${randomUUID()}`);
    file = join(exchange.run, 'command-line.json');
    writeFileSync(file, JSON.stringify(exchange.description));
  });
  afterAll(async () => {
    await holder.close();
    await database.end();
    await exchange.close();
  });

  const env = () => {
    const { NODE_OPTIONS: _ofJest, ...own } = process.env;
    return { ...own, XDG_STATE_HOME: state };
  };
  const hie = async (...args: readonly string[]): Promise<string> =>
    (await run(process.execPath, [HIE, ...args, '--exchange', file], { env: env() })).stdout;
  const refusal = (said: string) => ({ code: 1, stderr: expect.stringContaining(said) as string });
  const sessionPath = () =>
    join(state, 'hie', readdirSync(join(state, 'hie')).find((name) => /\.json$/.test(name)) ?? '');
  const kept = () => JSON.parse(readFileSync(sessionPath(), 'utf8')) as KeptSession;

  /** Runs the program, opens the address that it prints, and sends the browser back to it. */
  async function signIn(): Promise<{ readonly said: string; readonly address: URL }> {
    const program = spawn(process.execPath, [HIE, 'sign-in', '--exchange', file], { env: env() });
    const output: string[] = [];
    program.stdout.on('data', (part: Buffer) => output.push(part.toString()));
    const address = await printedAddress(program);
    const back = await holder.signIn(address);
    expect((await request(back)).statusCode).toBe(200);
    const code = await new Promise((resolve) => program.once('close', resolve));
    expect(code).toBe(0);
    return { said: output.join(''), address: new URL(address) };
  }

  it('is nobody before, and may do what a machine may', async () => {
    await expect(hie('whoami')).rejects.toMatchObject(refusal('Nobody is signed in'));
    await expect(hie('identity', 'reviews')).rejects.toMatchObject(refusal('Nobody is signed in'));
    await expect(hie('ledger', 'drop', '2019h1', '--matter', '2026/1')).rejects.toMatchObject(refusal('Nobody is'));
    expect(await hie('participants', 'list')).toContain('mercy-general');
  });

  it('signs in by the address it prints, with PKCE and back to the loopback, and leaves a file for its owner alone', async () => {
    const { said, address } = await signIn();
    expect(said).toContain(personId);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      ...{ client_id: 'hie-cli', response_type: 'code', code_challenge_method: 'S256' },
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) as string,
    });
    expect(address.searchParams.get('scope')).not.toMatch(/user\/|system\//);
    expect(statSync(sessionPath()).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'hie')).mode & 0o777).toBe(0o700);
    expect(kept()).toMatchObject({ issuer: exchange.description.identityProvider.issuer, personId });
    expect(await hie('whoami')).toContain(personId);
  });

  it('acts in the own name, which the ledger has: at the provider, and with whom the record is of', async () => {
    const tokens = await LedgerWatch.on(exchange, 'token.issued');
    const reads = await LedgerWatch.on(exchange, 'person.read');
    expect(await hie('identity', 'reviews')).toEqual(expect.any(String));
    const { rows } = await database.query<{ person_id: string }>('select person_id from patient_index.person limit 1');
    expect(await hie('identity', 'person', rows[0]?.person_id ?? '')).toContain('record-registered');
    const own = ({ requester }: ShownEntry['entry']) => (requester as Requester).userId === personId;
    const issued = await tokens.untilThere((entries) => entries.find(own));
    expect(issued).toMatchObject({ purpose: 'RECORDMGT', requester: { clientId: 'hie-cli' } });
    const read = await reads.untilThere((entries) => entries.find(own));
    expect(read).toMatchObject({
      outcome: 'success',
      requester: { clientId: `hie-cli/${personId}`, memberId: OPERATOR },
    });
  });

  it('keeps the session where a command is for another role', async () => {
    await expect(hie('people', 'list')).rejects.toMatchObject(refusal('purpose-not-granted'));
    expect(await hie('identity', 'calibration')).toContain('models');
  });

  it('uses each refresh token once, also where two commands come at the same time', async () => {
    const before = kept().refreshToken;
    await Promise.all([hie('identity', 'calibration'), hie('identity', 'calibration')]);
    expect(kept().refreshToken).not.toBe(before);
    expect(kept().proofKey).toEqual(expect.objectContaining({ crv: 'P-256' }));
    expect(await hie('identity', 'calibration')).toContain('models');
  });

  it('is asked to sign in again for a decision six minutes after the last time, and not for a look', async () => {
    await database.query(
      `update identity_provider.oidc_payload
          set payload = jsonb_set(payload, '{authTime}', to_jsonb((payload->>'authTime')::int - 360))
        where model = 'RefreshToken' and payload->>'accountId' = $1`,
      [personId],
    );
    const unmerge = ['identity', 'unmerge', randomUUID(), '--reason', 'none'];
    await expect(hie(...unmerge)).rejects.toMatchObject(refusal('sign-in of the last five minutes: npx hie sign-in'));
    expect(await hie('identity', 'calibration')).toContain('models');
    await signIn();
    await expect(hie(...unmerge)).rejects.toMatchObject(refusal('person-unknown'));
  });

  it('is told to sign in again after half an hour without a command', async () => {
    const { rowCount } = await database.query(
      `update identity_provider.oidc_payload set expires_at = now() - interval '1 second'
        where model = 'RefreshToken' and payload->>'accountId' = $1`,
      [personId],
    );
    expect(rowCount).toBeGreaterThan(0);
    await expect(hie('identity', 'calibration')).rejects.toMatchObject(refusal('sign in again: npx hie sign-in'));
    await signIn();
    expect(await hie('identity', 'calibration')).toContain('models');
  });

  it('loses the session when a refresh token is shown a second time, whoever shows it', async () => {
    const copy = `${sessionPath()}.copy`;
    copyFileSync(sessionPath(), copy);
    await hie('identity', 'calibration');
    const newer = kept();
    copyFileSync(copy, sessionPath());
    await expect(hie('identity', 'calibration')).rejects.toMatchObject(refusal('sign in again: npx hie sign-in'));
    writeFileSync(sessionPath(), JSON.stringify(newer));
    await expect(hie('identity', 'calibration')).rejects.toMatchObject(refusal('sign in again: npx hie sign-in'));
    // Nor does the operator’s machine go on in its place.
    await expect(hie('participants', 'list')).rejects.toMatchObject(refusal('sign in again: npx hie sign-in'));
  });

  it('signs out: here the file is gone, and at the exchange what a copy of it would open', async () => {
    await signIn();
    const path = sessionPath();
    const stolen = readFileSync(path);
    const watch = await LedgerWatch.on(exchange, 'person.signed-out');
    expect(await hie('sign-out')).toContain('Signed out');
    await expect(hie('whoami')).rejects.toMatchObject(refusal('Nobody is signed in'));
    expect(await watch.one()).toMatchObject({
      outcome: 'success',
      requester: { userId: personId, clientId: 'hie-cli' },
    });
    writeFileSync(path, stolen);
    await expect(hie('identity', 'reviews')).rejects.toMatchObject(refusal('sign in again: npx hie sign-in'));
  });
});

/** What the program asks the person to open. */
function printedAddress(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    program.stderr?.on('data', (part: Buffer) => {
      printed += part.toString();
      const [address] = /https:\S+(?=\s)/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    });
    program.once('close', () => reject(new RangeError(`It printed no address: ${printed}`)));
  });
}
