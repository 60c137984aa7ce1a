// The program as it is called, on a log in a folder and behind a web server: what it answers, its exit code, and what it
// refuses to answer.
import { directoryReader, directoryStorage } from '@hie/tile-storage';
import {
  addSignatures,
  cosign,
  formatVerifierKey,
  headersOf,
  noteSigner,
  openLog,
  readCheckpoint,
  resourceOf,
} from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './main.js';

const origin = 'ledger.example/cli';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const witness = noteSigner('w1.example', 'cosignature-ml-dsa-44', generateKeyPairSync('ml-dsa-44').privateKey);
const absent = noteSigner('w2.example', 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
const [key, witnessKey, absentKey] = [signer, witness, absent].map((one) => formatVerifierKey(one.key)) as [
  string,
  string,
  string,
];

const entry = (at: number) =>
  Buffer.from(JSON.stringify({ eventId: `event-${at}`, action: 'answer.released', causedBy: `event-${at + 1}` }));

let folder: string;
let dir: string;
let early: string;

/** A log of 600 entries, its last checkpoint cosigned, and the checkpoint it had at 250. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-ledger-'));
  dir = join(folder, 'log');
  const log = await openLog(await directoryStorage(dir), { origin, signer });
  const first = await log.append(Array.from({ length: 250 }, (_, at) => entry(at)));
  early = join(folder, 'early');
  await writeFile(early, first.checkpoint.raw);
  await log.append(Array.from({ length: 350 }, (_, at) => entry(250 + at)));
  await log.publish(addSignatures(log.head.raw, [await cosign(readCheckpoint(log.head.raw), witness, 1_790_000_000)]));
  await log.close();
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const said: string[] = [];
  const complaints: string[] = [];
  const code = await main(args, { print: (line) => said.push(line) }, (line) => complaints.push(line));
  return { code, said: said.join('\n'), complaints: complaints.join('\n') };
}

async function edit(path: string, at: number): Promise<void> {
  const bytes = await readFile(join(dir, path));
  bytes[at]! ^= 1;
  await writeFile(join(dir, path), bytes);
}

describe('verify', () => {
  it('says what it has verified, and that the log continues what was kept', async () => {
    const { code, said } = await run('verify', '--dir', dir, '--key', key, '--witness', witnessKey, '--old', early);
    expect(code).toBe(0);
    expect(said).toContain('verified   every one of 600 entries');
    expect(said).toContain('cosigned   w1.example at 2026-09-21T14:13:20.000Z');
    expect(said).toContain('continues  250');
  });

  it('reads the key from a file, and answers in JSON', async () => {
    await writeFile(join(folder, 'key'), `${key}\n`);
    const { code, said } = await run(
      'verify',
      '--dir',
      dir,
      '--key',
      `@${join(folder, 'key')}`,
      '--json',
      '--parallel',
      '2',
    );
    expect(code).toBe(0);
    expect(JSON.parse(said)).toMatchObject({ kind: 'verified', origin, size: 600, consistentWith: [], tiles: 4 });
  });

  it('needs nothing but what a web server serves', async () => {
    const reader = directoryReader(dir);
    const server = createServer((request, response) => {
      const path = (request.url as string).replace('/logs/cli/', '');
      const resource = resourceOf(path);
      void Promise.resolve(resource && reader.read(path)).then((bytes) =>
        bytes && resource ? response.writeHead(200, headersOf(resource)).end(bytes) : response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs/cli`;
    try {
      expect(await run('verify', '--url', url, '--key', key)).toMatchObject({ code: 0 });
      expect(await run('prove', '--url', url, '--key', key, '--index', '7', '--out', join(folder, 'p'))).toMatchObject({
        code: 0,
      });
      expect(await run('verify', '--url', `${url}/elsewhere`, '--key', key)).toMatchObject({
        code: 1,
        said: expect.stringContaining('checkpoint-missing'),
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('names the entry that was changed', async () => {
    await edit('tile/entries/001', 50);
    const { code, said } = await run('verify', '--dir', dir, '--key', key);
    expect(code).toBe(1);
    expect(said).toContain('TAMPERED   entry-differs: entry 256, tile/entries/001');
    expect(JSON.parse((await run('verify', '--dir', dir, '--key', key, '--json')).said)).toMatchObject({
      kind: 'tampered',
      fault: { reason: 'entry-differs', index: 256 },
    });
  });

  it('wants every witness that is named, unless a quorum says fewer', async () => {
    const both = ['--witness', witnessKey, '--witness', absentKey];
    expect(await run('verify', '--dir', dir, '--key', key, ...both)).toMatchObject({
      code: 1,
      said: expect.stringContaining('quorum-missing'),
    });
    expect(await run('verify', '--dir', dir, '--key', key, ...both, '--quorum', '1')).toMatchObject({ code: 0 });
  });

  it('F13: says that a log stands still, by its witnesses’ clocks', async () => {
    const fresh = (seconds: number) => run('verify', '--dir', dir, '--key', key, '--fresh-within', String(seconds));
    expect(await fresh(60)).toMatchObject({ code: 2, complaints: expect.stringContaining('give --witness') });
    const witnessed = ['--dir', dir, '--key', key, '--witness', witnessKey, '--fresh-within'];
    const stale = await run('verify', ...witnessed, '60');
    expect(stale).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^STALE {6}the witnesses vouched for it \d+ s ago$/m),
    });
    expect(await run('verify', ...witnessed, '9999999999')).toMatchObject({ code: 0 });
  });

  it('keeps checkpoints, and finds a log that has forked since', async () => {
    const kept = join(folder, 'kept');
    expect(await run('verify', '--dir', dir, '--key', key, '--keep', kept)).toMatchObject({ code: 0 });
    expect(await run('verify', '--dir', dir, '--key', key, '--keep', kept)).toMatchObject({
      code: 0,
      said: expect.stringContaining('continues  600'),
    });
    expect(await readdir(kept)).toEqual(['000000000600.checkpoint']);

    await rm(dir, { recursive: true });
    const fork = await openLog(await directoryStorage(dir), { origin, signer });
    await fork.append(Array.from({ length: 700 }, (_, at) => entry(at === 300 ? 9_999 : at)));
    await fork.close();
    expect(await run('verify', '--dir', dir, '--key', key)).toMatchObject({ code: 0 });
    const { code, said } = await run('verify', '--dir', dir, '--key', key, '--keep', kept, '--old', early);
    expect(code).toBe(1);
    expect(said).toContain('TAMPERED   log-forked: among entries 250 to 599, checkpoint of size 600');
    expect(await readdir(kept)).toHaveLength(1);
  });
});

describe('prove and check-proof', () => {
  it.each([
    ['--index', '0', 0],
    ['--index', '599', 599],
    ['--event', 'event-400', 400],
    ['--event', 'event-0', 0],
  ])('%s %s gives a file that proves itself offline', async (option, value, index) => {
    const file = join(folder, 'it.tlog-proof');
    expect(await run('prove', '--dir', dir, '--key', key, option, value, '--out', file)).toMatchObject({ code: 0 });
    await rm(dir, { recursive: true });

    const { code, said } = await run('check-proof', file, '--key', key, '--witness', witnessKey);
    expect(code).toBe(0);
    expect(said).toContain(`proven     entry ${index} is in the log`);
    expect(said).toContain(`entry      ${entry(index).toString()}`);
  });

  it('says when no entry speaks of an event', async () => {
    expect(await run('prove', '--dir', dir, '--key', key, '--event', 'event-600')).toMatchObject({
      code: 1,
      said: expect.stringContaining('not found'),
    });
  });

  it('proves nothing from a log that was tampered with', async () => {
    await edit('tile/entries/000', 50);
    expect(await run('prove', '--dir', dir, '--key', key, '--index', '0')).toMatchObject({
      code: 1,
      said: 'TAMPERED   inclusion-unproven',
    });
    await rm(join(dir, 'tile/0'), { recursive: true });
    expect(await run('prove', '--dir', dir, '--key', key, '--index', '0')).toMatchObject({
      code: 1,
      said: 'TAMPERED   resource-missing: tile/0/000',
    });
  });

  it('takes another entry, another key or too few witnesses for no proof', async () => {
    const file = join(folder, 'it.tlog-proof');
    await run('prove', '--dir', dir, '--key', key, '--index', '5', '--out', file);
    await writeFile(join(folder, 'entry'), entry(6));
    expect(await run('check-proof', file, '--key', key, '--entry', join(folder, 'entry'))).toMatchObject({
      code: 1,
      said: 'NOT PROVEN inclusion-unproven',
    });
    expect(await run('check-proof', file, '--key', key, '--witness', absentKey)).toMatchObject({
      code: 1,
      said: 'NOT PROVEN quorum-missing',
    });
    const other = formatVerifierKey(noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey).key);
    expect(await run('check-proof', file, '--key', other)).toMatchObject({
      code: 1,
      said: 'NOT PROVEN log-signature-missing',
    });
    await writeFile(file, 'not a proof');
    expect(await run('check-proof', file, '--key', key)).toMatchObject({ code: 1, said: 'NOT PROVEN proof-malformed' });
  });

  it('checks a receipt that leaves the entry out, given the entry or its hash', async () => {
    const log = await openLog(await directoryStorage(dir), { origin, signer });
    const file = join(folder, 'receipt.tlog-proof');
    await writeFile(file, await log.proofs.proofFile(5, log.head));
    await log.close();
    await writeFile(join(folder, 'entry'), entry(5));
    expect(await run('check-proof', file, '--key', key)).toMatchObject({ code: 2 });
    expect(await run('check-proof', file, '--key', key, '--entry', join(folder, 'entry'))).toMatchObject({ code: 0 });
  });
});

describe('wrong use', () => {
  it.each([
    ['no command', []],
    ['--help', ['--help']],
    ['the help of a command', ['verify', '--help']],
  ])('is not %s', async (_what, args) => {
    const { code, complaints } = await run(...args);
    expect(code).toBe(0);
    expect(complaints).toContain('hie-ledger check-proof FILE');
  });

  it.each<[what: string, args: (dir: string) => string[], complaint: string]>([
    ['a command it does not have', () => ['mend'], 'hie-ledger verify'],
    ['the name of something every object has', () => ['constructor'], 'hie-ledger verify'],
    ['no log', () => ['verify', '--key', key], 'give either --url or --dir'],
    [
      'two logs',
      (at) => ['verify', '--dir', at, '--url', 'http://127.0.0.1', '--key', key],
      'give either --url or --dir',
    ],
    ['a folder that is not there', () => ['verify', '--dir', '/nowhere', '--key', key], 'there is no folder /nowhere'],
    ['a URL of another kind', () => ['verify', '--url', 'file:///etc', '--key', key], 'http or https'],
    ['no key', (at) => ['verify', '--dir', at], '--key'],
    ['a key that is none', (at) => ['verify', '--dir', at, '--key', 'x'], 'key-malformed'],
    [
      'a witness’s key for the log’s',
      (at) => ['verify', '--dir', at, '--key', witnessKey],
      'takes a key of type ed25519',
    ],
    [
      'the log’s key for a witness’s',
      (at) => ['verify', '--dir', at, '--key', key, '--witness', key],
      'takes a key of type cosignature',
    ],
    ['a quorum that nobody can meet', (at) => ['verify', '--dir', at, '--key', key, '--quorum', '1'], 'can’t be met'],
    ['a number that is none', (at) => ['prove', '--dir', at, '--key', key, '--index', 'x'], 'whole number'],
    ['an entry beyond the log', (at) => ['prove', '--dir', at, '--key', key, '--index', '600'], 'has 600 entries'],
    ['neither index nor event', (at) => ['prove', '--dir', at, '--key', key], 'either --index or --event'],
    ['an option it does not have', (at) => ['verify', '--dir', at, '--key', key, '--force'], '--force'],
    ['a file too many', (at) => ['verify', '--dir', at, '--key', key, 'more'], 'takes 0 file(s)'],
    ['a file that is not there', () => ['check-proof', '/nowhere', '--key', key], 'ENOENT'],
    ['a server that is not there', () => ['verify', '--url', 'http://127.0.0.1:1', '--key', key], 'read-failed'],
  ])('%s is told from an answer', async (_what, args, complaint) => {
    const { code, said, complaints } = await run(...args(dir));
    expect(code).toBe(2);
    expect(said).toBe('');
    expect(complaints).toContain(complaint);
  });

  it('a kept checkpoint that the log never signed accuses nobody', async () => {
    await writeFile(early, (await readFile(early, 'utf8')).replace('\n250\n', '\n251\n'));
    const { code, complaints } = await run('verify', '--dir', dir, '--key', key, '--old', early);
    expect(code).toBe(2);
    expect(complaints).toContain('not a checkpoint that this log signed (signature-invalid)');
  });
});
