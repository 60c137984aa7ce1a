// An accounting from the static files alone, by the patient's key: what it finds, what it must not, and when it says nothing.
import { directoryStorage } from '@hie/tile-storage';
import { type LedgerEntry, formatLeaf, sealEntry } from '@hie/ledger-entry';
import { formatVerifierKey, noteSigner, openLog } from '@hie/transparency-log';
import { createSecretKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './main.js';

const origin = 'ledger.example/account';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const key = formatVerifierKey(signer.key);
const ledger = createSecretKey(Buffer.alloc(32, 1));
const [mine, anothers] = [Buffer.alloc(32, 2), Buffer.alloc(32, 3)];

let folder: string;
let dir: string;

const entry = (more: Partial<LedgerEntry>): LedgerEntry => ({
  ...{
    eventId: randomUUID(),
    txn: randomUUID(),
    service: 'document-query',
    action: 'answer.assembled',
    outcome: 'success',
  },
  ...{
    purpose: 'ETREAT',
    requester: { memberId: 'mercy-general' },
    details: { members: ['st-anne', 'lakeside'], given: ['Condition=2'] },
  },
  ...{ seals: [], sealedBy: 'document-query', at: '2026-03-01T08:00:00.000Z' },
  ...more,
});
const leafOf = (told: LedgerEntry, patient?: Buffer) =>
  formatLeaf(sealEntry(told, { ledger, ...(patient && { patient: createSecretKey(patient) }) }, randomBytes));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-ledger-'));
  dir = join(folder, 'log');
  const log = await openLog(await directoryStorage(dir), { origin, signer });
  await log.append([
    leafOf(entry({ requester: { memberId: 'northside' } }), mine),
    leafOf(entry({ requester: { memberId: 'elsewhere' } }), anothers),
    leafOf(entry({ action: 'request.refused', outcome: 'refused' })),
    leafOf(entry({ requester: { memberId: '=cmd()' }, at: '2026-04-01T08:00:00.000Z' }), mine),
  ]);
  await log.close();
  await writeFile(join(folder, 'mine'), `${mine.toString('base64url')}\n`);
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const said: string[] = [];
  const complaints: string[] = [];
  const code = await main(['account', ...args], { print: (line) => said.push(line) }, (line) => complaints.push(line));
  return { code, said, complaints: complaints.join('\n') };
}
const account = (...more: string[]) => run('--dir', dir, '--key', key, '--patient', join(folder, 'mine'), ...more);

it('lists every disclosure of the patient’s and nobody else’s, oldest first', async () => {
  const { code, said } = await account();
  expect(code).toBe(0);
  expect(said[1]).toMatch(/^2026-03-01T08:00:00\.000Z {2}northside +Condition \(2\) +lakeside; st-anne +\S.*0$/);
  expect(said[2]).toMatch(/^2026-04-01/);
  expect(said.join('\n')).not.toContain('elsewhere');
  expect(said.at(-1)).toBe('verified   4 entries, 2 of them the patient’s, 2 disclosure(s)');
});

it('opens with every key that it is given, as of who was merged', async () => {
  await writeFile(join(folder, 'other'), anothers.toString('base64url'));
  const { said } = await account('--patient', join(folder, 'other'));
  expect(said.join('\n')).toContain('elsewhere');
  expect(said.at(-1)).toBe('verified   4 entries, 3 of them the patient’s, 3 disclosure(s)');
});

it('writes them as a table that no spreadsheet takes for formulas', async () => {
  await account('--csv', join(folder, 'out.csv'));
  const csv = await readFile(join(folder, 'out.csv'), 'utf8');
  expect(csv.split('\r\n')).toHaveLength(4);
  expect(csv).toContain(",'=cmd(),");
});

it('says nothing of a log that is not whole', async () => {
  const bundle = join(dir, 'tile', 'entries', '000.p', '4');
  const bytes = await readFile(bundle);
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  await writeFile(bundle, bytes);
  const { code, said } = await account();
  expect(code).toBe(1);
  expect(said.join('\n')).toMatch(/^TAMPERED/);
});

it('does not pass over an entry that it can not read', async () => {
  const log = await openLog(await directoryStorage(dir), { origin, signer });
  await log.append([Buffer.from('{"v":1}')]);
  await log.close();
  expect(await account()).toMatchObject({ code: 2, complaints: expect.stringContaining('entry 4 can’t be read') });
});

it.each([
  ['no key of a patient', [], 'give the patient’s key'],
  ['a file that holds none', ['--patient', 'package.json'], 'does not hold a patient’s key'],
])('%s is told from an answer', async (_what, args, complaint) => {
  expect(await run('--dir', dir, '--key', key, ...args)).toMatchObject({
    code: 2,
    complaints: expect.stringContaining(complaint),
  });
});
