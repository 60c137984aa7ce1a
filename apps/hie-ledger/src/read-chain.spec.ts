// Single entries, runs and accounts over a chain of half-yearly logs: where they are found, and that a part of a chain is never taken for all.
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openProofFile, leafHash, parseProofFile, parseVerifierKey } from '@hie/transparency-log';

import { CHAIN, type SealedChain, sealedChain } from './sealed-chain.fixture.js';

let chain: SealedChain;
beforeEach(async () => {
  chain = await sealedChain();
});
afterEach(() => chain.remove());

const out = () => join(chain.folder, 'out');

describe('prove', () => {
  it.each(CHAIN.map((name, at) => [name, at] as const))(
    'finds from %s an event in whichever log holds it, and proves it there',
    async (name) => {
      for (const [at, eventId] of chain.events.entries()) {
        const { code, said } = await chain.run(name, 'prove', '--event', eventId, '--out', out());
        // A log that goes on from another begins with the hand-over.
        expect(said).toMatch(new RegExp(`^proven {5}entry ${CHAIN[at]}/${at === 0 ? 299 : 300} of `));
        expect(code).toBe(0);
        const file = await readFile(out(), 'utf8');
        const key = parseVerifierKey(chain.keyOf(CHAIN[at] as string));
        const entry = parseProofFile(file).extra as Uint8Array;
        expect(JSON.parse(Buffer.from(entry).toString())).toMatchObject({ eventId });
        openProofFile(file, leafHash(entry), { origin: key.name, logKeys: [key] });
      }
    },
  );

  it('takes the newest entry of an event that several logs speak of, and with --alone that of the log given', async () => {
    const found = (...more: string[]) =>
      chain.run('2026h2', 'prove', '--event', chain.everywhere, '--out', out(), ...more);
    expect((await found()).said).toContain('entry 2027h2/1 of');
    expect((await found('--alone')).said).toContain('entry 2026h2/0 of');
  });

  it('takes a place as receipts name it, in the log given or another, and checks it by either’s key', async () => {
    const { code, said } = await chain.run('2027h2', 'prove', '--index', '2026h2/17', '--out', out());
    expect([code, said]).toEqual([0, `proven     entry 2026h2/17 of 301: ${out()}`]);
    for (const name of CHAIN) {
      const checked = await chain.run(name, 'check-proof', out());
      expect(checked).toMatchObject({ code: 0, said: expect.stringContaining('proven     entry 17 is in the log') });
    }
    expect((await chain.run('2027h2', 'prove', '--index', '17', '--out', out())).said).toContain('entry 2027h2/17');
    expect(await chain.run('2027h2', 'prove', '--index', '2028h1/0')).toMatchObject({ code: 2 });
    expect(await chain.run('2027h2', 'prove', '--index', 'nonsense/0')).toMatchObject({ code: 2 });
  });

  it('says of how many logs nobody speaks of an event', async () => {
    const { code, said } = await chain.run('2027h1', 'prove', '--event', 'none');
    expect([code, said]).toEqual([1, `not found  no entry of the ${301 + 302 + 301} of 3 shards speaks of event none`]);
  });
});

describe('account', () => {
  const account = (name: string, ...more: string[]) =>
    chain.run(name, 'account', '--patient', chain.patientFile, ...more);

  it.each(CHAIN)('reads from %s every log of the chain, and lists the disclosures in their order', async (name) => {
    const { code, said } = await account(name);
    const lines = said.split('\n');
    expect(lines.slice(1, 4).map((line) => line.slice(0, 7))).toEqual(['2026-10', '2027-04', '2027-10']);
    expect(lines[1]).toMatch(/2026h2\/299$/);
    expect(lines[3]).toMatch(/2027h2\/300$/);
    expect(lines.at(-1)).toBe(
      'verified   904 entries of 3 shard(s), 2026h2, 2027h1, 2027h2, 3 of them the patient’s, 3 disclosure(s)',
    );
    expect(code).toBe(0);
  });

  it('reads with --alone the one that is given', async () => {
    const { said } = await account('2027h1', '--alone');
    expect(said.split('\n').at(-1)).toBe('verified   302 entries, 1 of them the patient’s, 1 disclosure(s)');
  });
});

describe('export', () => {
  const exported = (name: string, from: string, to: string) =>
    chain.run(name, 'export', '--from', from, '--to', to, '--out', out());
  const change = async (work: (lines: string[]) => string[]) =>
    writeFile(out(), `${work((await readFile(out(), 'utf8')).trimEnd().split('\n')).join('\n')}\n`);
  const headers = (lines: readonly string[]) => lines.flatMap((line, at) => (line.startsWith('{') ? [at] : []));

  it('goes from one log over another into a third, and is checked offline by the key of any', async () => {
    expect(await exported('2027h2', '2026h2/290', '2027h2/9')).toMatchObject({ code: 0 });
    for (const name of CHAIN) await rm(join(chain.folder, name), { recursive: true });
    for (const name of CHAIN) {
      const { code, said } = await chain.run(name, 'check-export', out());
      expect([code, said.match(/^proven.*$/gm)]).toEqual([
        0,
        [
          'proven     entries 290 to 300, all of them, as they are in the log',
          'proven     entries 0 to 301, all of them, as they are in the log',
          'proven     entries 0 to 8, all of them, as they are in the log',
        ],
      ]);
    }
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    [
      'a log in the middle was left out',
      (lines) => lines.filter((_, at) => at < (headers(lines)[1] as number) || at >= (headers(lines)[2] as number)),
      // The hand-over that follows is one between two other logs.
      'log-signature-missing',
    ],
    ['two logs changed places', (lines) => [...lines.slice(12), ...lines.slice(0, 12)], 'left out'],
    ['an entry of the second is missing', (lines) => lines.filter((_, at) => at !== 100), 'not those of the log'],
  ])('does not prove a run of which %s', async (_what, work, said) => {
    await exported('2026h2', '290', '2027h2/9');
    await change(work);
    const checked = await chain.run('2026h2', 'check-export', out());
    expect(checked).toMatchObject({ code: 1, said: expect.stringContaining(said) });
  });

  it('of one log takes a place as receipts name it, and reads no other', async () => {
    await rm(join(chain.folder, '2026h2'), { recursive: true });
    expect(await exported('2027h2', '2027h1/5', '2027h1/9')).toMatchObject({ code: 0 });
    expect((await chain.run('2027h2', 'check-export', out())).said).toMatch(/^proven {5}entries 5 to 8/);
  });

  it('is not made where the later place comes first', async () => {
    expect(await exported('2026h2', '2027h2/1', '2026h2/9')).toMatchObject({ code: 2 });
  });
});

describe.each<[string, () => Promise<void>, string]>([
  ['a shard is missing', () => rm(join(chain.folder, '2026h2'), { recursive: true }), 'shard-missing'],
  [
    'a closed shard was opened again',
    () => chain.append('2026h2', Buffer.from('{"v":2,"eventId":"","commitment":"","head":"","details":""}')),
    'shard-reopened',
  ],
])('when %s', (_what, tamper, code) => {
  it.each([
    ['prove', () => ['--event', chain.events[2] as string]],
    ['account', () => ['--patient', chain.patientFile]],
    ['export', () => ['--from', '2027h1/9', '--to', '2027h2/9', '--out', out()]],
  ] as const)('%s says so, and gives no part for the whole', async (command, more) => {
    await tamper();
    const { code: exit, said } = await chain.run('2027h2', command, ...more());
    expect(said).toContain(code);
    expect(said).toMatch(/^TAMPERED/);
    expect(said).not.toMatch(/proven|verified|exported/);
    expect(exit).toBe(1);
  });
});

it('an unlinked shard, which somebody offers beside the chain, is evidence too', async () => {
  await cp(join(chain.folder, '2027h2'), join(chain.folder, '2028h1'), { recursive: true });
  const found = { code: 1, said: expect.stringContaining('shard-unlinked') };
  expect(await chain.run('2027h2', 'prove', '--event', chain.events[2] as string)).toMatchObject(found);
  expect(await chain.run('2027h2', 'account', '--patient', chain.patientFile)).toMatchObject(found);
});

describe('over a log that was dropped', () => {
  it.each(CHAIN)(
    'from %s: verify says by whose word, and account and prove that it is not among what was read',
    async (name) => {
      await chain.drop();
      const verified = await chain.run(name, 'verify');
      expect(verified.said).toMatch(
        /^dropped {4}2026h2: under retention \(6 years after the last entry\), 301 entries, root \S+, attested by entry 2027h2\/301$/m,
      );
      expect(verified.code).toBe(0);
      expect(JSON.parse((await chain.run(name, 'verify', '--json')).said)).toMatchObject({
        shards: [{ name: '2026h2', kind: 'dropped', attestedBy: { name: '2027h2', index: 301 } }, {}, {}],
      });
      if (name === '2026h2') return;
      const accounted = await chain.run(name, 'account', '--patient', chain.patientFile);
      expect(accounted.said).toMatch(
        /^dropped {4}2026h2: .*\nverified {3}604 entries of 2 shard\(s\), 2027h1, 2027h2, 2 of them/m,
      );
      expect(accounted.code).toBe(0);
      const proven = await chain.run(name, 'prove', '--event', chain.events[0] as string);
      expect(proven.said).toMatch(/^dropped {4}2026h2: 301 entries, attested by entry 2027h2\/301\nnot found/);
      expect((await chain.run(name, 'prove', '--event', chain.events[1] as string, '--out', out())).code).toBe(0);
      for (const more of [
        ['prove', '--index', '2026h2/3'],
        ['export', '--from', '2026h2/3', '--to', '2027h2/3', '--out', out()],
      ]) {
        const [command = '', ...rest] = more;
        expect(await chain.run(name, command, ...rest)).toMatchObject({
          code: 2,
          said: expect.stringContaining('2026h2 says that its entries were dropped'),
        });
      }
    },
  );

  it('without a word of the ledger, nothing is answered', async () => {
    await chain.drop({ isSaid: false });
    const found = { code: 1, said: expect.stringContaining('2026h2: shard-drop-unattested') };
    expect(await chain.run('2027h2', 'verify')).toMatchObject(found);
    expect(await chain.run('2027h2', 'account', '--patient', chain.patientFile)).toMatchObject(found);
    expect(await chain.run('2027h2', 'prove', '--event', 'none')).toMatchObject(found);
  });
});
