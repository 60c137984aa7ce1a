// A run of entries as one file: what it proves to somebody who has nothing but the log's key, and what it does not let pass (F16).
import { directoryStorage } from '@hie/tile-storage';
import { formatVerifierKey, noteSigner, openLog } from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './main.js';

const origin = 'ledger.example/export';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const key = formatVerifierKey(signer.key);

let folder: string;
let dir: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-ledger-'));
  dir = join(folder, 'log');
  file = join(folder, 'run.ndjson');
  const log = await openLog(await directoryStorage(dir), { origin, signer });
  await log.append(Array.from({ length: 600 }, (_, at) => Buffer.from(`{"eventId":"event-${at}"}`)));
  await log.close();
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const [said, complaints]: string[][] = [[], []];
  const code = await main(args, { print: (line) => said?.push(line) }, (line) => complaints?.push(line));
  return { code, said: said?.join('\n') ?? '', complaints: complaints?.join('\n') ?? '' };
}
const check = () => run('check-export', file, '--key', key);
const change = async (work: (lines: string[]) => string[]) => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeFile(file, `${work(lines).join('\n')}\n`);
};

describe('export', () => {
  beforeEach(async () => {
    const exported = await run('export', '--dir', dir, '--key', key, '--from', '250', '--to', '530', '--out', file);
    expect(exported).toMatchObject({ code: 0, complaints: '' });
  });

  it('is checked without the log', async () => {
    await rm(dir, { recursive: true });
    const { code, said } = await check();
    expect(code).toBe(0);
    expect(said).toMatch(/^proven {5}entries 250 to 529, all of them/);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['an entry left out', (lines) => lines.filter((_, at) => at !== 100)],
    [
      'an entry changed',
      (lines) => lines.map((line, at) => (at === 100 ? Buffer.from('{}').toString('base64') : line)),
    ],
    ['an entry added', (lines) => [...lines, lines[1] as string]],
    [
      'two that changed places',
      (lines) => [lines[0] as string, lines[2] as string, lines[1] as string, ...lines.slice(3)],
    ],
    ['another place', ([head, ...rest]) => [(head as string).replace('"begin":250', '"begin":251'), ...rest]],
    [
      'a hash of the proof left out',
      ([head, ...rest]) => [(head as string).replace(/"proof":\["[^"]*",/, '"proof":['), ...rest],
    ],
    ['no entries', ([head]) => [head as string]],
  ])('does not prove %s', async (_what, work) => {
    await change(work);
    expect(await check()).toMatchObject({ code: 1, said: 'NOT PROVEN the entries are not those of the log' });
  });

  it('does not believe a checkpoint of another key', async () => {
    await change(([head, ...rest]) => [(head as string).replace(/\\n\d+\\n/, '\\n601\\n'), ...rest]);
    expect(await check()).toMatchObject({ code: 1, said: 'NOT PROVEN signature-invalid' });
  });

  it.each([
    ['an empty file', ''],
    ['another file', '{"format":"other"}\n'],
    ['no JSON', 'x\n'],
  ])('tells %s from an answer', async (_what, text) => {
    await writeFile(file, text);
    expect(await check()).toMatchObject({ code: 2, said: '' });
  });
});

it.each([
  ['no place to write to', ['--from', '0'], 'give --from and --out'],
  ['a run that is not there', ['--from', '600', '--out', 'x'], 'has 600 entries'],
])('%s is told from an answer', async (_what, args, complaint) => {
  const { code, complaints } = await run('export', '--dir', dir, '--key', key, ...args);
  expect(code).toBe(2);
  expect(complaints).toContain(complaint);
});

it('exports from a damaged log nothing under the final name', async () => {
  await rm(join(dir, 'tile', 'entries', '001'));
  expect(await run('export', '--dir', dir, '--key', key, '--from', '0', '--out', file)).toMatchObject({ code: 1 });
  expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
});
