// ATTACKS.md F on a running exchange: somebody with every right in its database, and then on its disks. What is done to the tables is found by
// the service's own watch, which tells the ledger of it; what is done to the files, by `hie-ledger verify` and at the next start. What can be
// forged with the log's key as well: rewritten-ledger.spec.ts; a sequencer that stands still (F13): test/faults/ledger-replica.spec.ts.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { askOnArrival } from '@hie/local-exchange';
import { CHECKPOINT_PATH, TILE_WIDTH, entriesPath, openCheckpoint, tilePath } from '@hie/transparency-log';

import { emrOf, eventually } from '../support/doors.js';
import { edited, withEntries } from '../support/entry-bundles.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { LedgerIntruder, type Statement } from '../support/ledger-intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const LEDGER = 'audit-ledger';
const WITNESS = 'witness-1';
/** Some rounds of the watch, on a busy machine. */
const FOUND_WITHIN_MS = 60_000;

describe('a running ledger that was tampered with', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let audit: LedgerAudit;
  let intruder: LedgerIntruder;
  /** Copies of the log and of a witness's record, from before what is told here. */
  let backup: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    audit = new LedgerAudit(exchange);
    intruder = new LedgerIntruder(exchange, log);
    backup = await mkdtemp(join(tmpdir(), 'hie-backup-'));
    await arrive();
    await whileDown(LEDGER, () => cp(ledgerFolder(), join(backup, 'ledger'), { recursive: true }));
    await whileDown(WITNESS, () => cp(recordFolder(), join(backup, 'record'), { recursive: true }));
    await arrive();
  }, 180_000);
  afterAll(async () => {
    await rm(backup, { recursive: true });
    await Promise.all([log.close(), audit.close(), intruder.close()]);
    await exchange.close();
  });

  const ledgerFolder = () => join(exchange.run, 'ledger');
  const recordFolder = () => join(exchange.run, 'witnesses', WITNESS, 'record');
  const arrive = async (): Promise<void> => {
    const story = await leadStory(exchange);
    await askOnArrival(exchange, emrOf(exchange, story), { patient: await arrivingPatient(exchange, story) });
    await audit.settled();
  };
  /** Does something while a process is down, and expects it to come up again. */
  const whileDown = async (name: string, work: () => Promise<void>): Promise<void> => {
    expect(await intruder.control('down', name)).toBe(204);
    try {
      await work();
    } finally {
      expect(await intruder.control('up', name)).toBe(204);
    }
  };

  describe('in its table', () => {
    const rows = async (): Promise<ReadonlyMap<number, string>> => {
      const found = await intruder.pool.query<{ index: string; row: string }>(
        'select index, md5(entry::text) as row from audit_ledger.entry',
      );
      return new Map(found.rows.map(({ index, row }) => [Number(index), row]));
    };
    /** Rows of before are as they were. */
    const expectAsBefore = async (before: ReadonlyMap<number, string>): Promise<void> => {
      const now = await rows();
      expect([...before].filter(([index, row]) => now.get(index) !== row)).toEqual([]);
    };
    /** Waits until the ledger has been told of these positions. */
    const untilNamed = (watch: LedgerWatch, detail: 'index' | 'first', positions: readonly number[]) =>
      eventually(async () => {
        const named = (await watch.since()).map(({ entry }) => (entry['details'] as Record<string, unknown>)[detail]);
        return positions.every((position) => named.includes(position)) ? true : undefined;
      }, FOUND_WITHIN_MS);
    /** Two rows that no other test here changes: a row is told of once, until it is right again. */
    const victimsOf = async (test: number): Promise<readonly [number, number]> => {
      const found = await intruder.pool.query<{ index: string }>(
        `select index from audit_ledger.entry where service <> 'audit-ledger' order by index desc limit 2 offset $1`,
        [2 * test],
      );
      return found.rows.map(({ index }) => Number(index)) as never;
    };

    const denied = `head = jsonb_set(head, '{outcome}', '"denied"')`;
    const spared = 'update audit_ledger.entry set index = index + 1000000000 where index = $1';
    const moved = 'update audit_ledger.entry set index = $2 where index = $1';
    const swapped = (one: number, other: number): readonly Statement[] => [
      [spared, [one]],
      [moved, [other, one]],
      [moved, [one + 1_000_000_000, other]],
    ];
    const changed = (how: string) => (index: number) =>
      [[`update audit_ledger.entry set ${how} where index = $1`, [index]]] as const;

    it.each<[string, (one: number, other: number) => readonly Statement[], count: number, test: number]>([
      ['F1, F7: a row that was changed behind its trigger', changed(denied), 1, 0],
      ['F6: a row that was changed with its hash', changed(`${denied}, leaf_hash = sha256(leaf_hash)`), 1, 1],
      ['F3: two rows that changed places', swapped, 2, 2],
    ])(
      '%s: the watch finds it by its HMAC, and names it',
      async (_what, attack, count, test) => {
        const before = await rows();
        const victims = await victimsOf(test);
        const kept = await intruder.pool.query<{ head: object; leaf_hash: Buffer }>(
          'select head, leaf_hash from audit_ledger.entry where index = $1',
          [victims[0]],
        );
        const [{ head, leaf_hash: hash } = { head: {}, leaf_hash: Buffer.of() }] = kept.rows;
        const putRight = 'update audit_ledger.entry set head = $2, leaf_hash = $3 where index = $1';
        const watch = await LedgerWatch.on(exchange, 'ledger.rows-changed');
        await intruder.rewrite('entry', attack(...victims));
        try {
          await untilNamed(watch, 'index', victims.slice(0, count));
        } finally {
          const undo: readonly Statement[] = count === 2 ? attack(...victims) : [[putRight, [victims[0], head, hash]]];
          await intruder.rewrite('entry', undo);
        }
        await expectAsBefore(before);
      },
      120_000,
    );

    it.each<[string, string, (one: number) => number]>([
      ['F2: one row', 'delete from audit_ledger.entry where index = $1', (one) => one],
      ['F4: the newest rows', 'delete from audit_ledger.entry where index >= $1', (one) => one],
      ['F5: all rows', 'delete from audit_ledger.entry where $1::bigint is not null', () => 0],
    ])(
      '%s taken out: the watch counts, names the first, and puts them back from the log',
      async (_what, text, first) => {
        const before = await rows();
        const [victim] = await victimsOf(0);
        const watch = await LedgerWatch.on(exchange, 'ledger.rows-missing');
        await intruder.rewrite('entry', [[text, [victim]]]);
        await untilNamed(watch, 'first', [first(victim)]);
        await eventually(async () => ((await rows()).size >= before.size ? true : undefined), FOUND_WITHIN_MS);
        await expectAsBefore(before);
      },
      120_000,
    );
  });

  it('in its files, F1–F3, F9: what was done to entries, a tile and the checkpoint is named', async () => {
    await whileDown(LEDGER, async () => {
      const width = Math.min(TILE_WIDTH, await intruder.publishedSize());
      const [bundle, tile] = [entriesPath({ index: 0, width }), tilePath({ level: 0, index: 0, width })];
      const verdictOn = (change: (entries: Uint8Array[]) => Uint8Array[]) =>
        intruder.verifyWith(bundle, (bytes) => withEntries(bytes, width, change));
      const tampered = (fault: object) => ({ exit: 1, kind: 'tampered', fault });
      const whole = { exit: 0, kind: 'verified' };
      expect(await intruder.verify(intruder.shardFolder)).toMatchObject(whole);

      const one = await verdictOn(([first, second, ...rest]) => [first!, edited(second!), ...rest]);
      expect(one).toMatchObject(tampered({ reason: 'entry-differs', index: 1 }));
      const gone = await verdictOn(([first, , ...rest]) => [first!, ...rest]);
      expect(gone).toMatchObject(tampered({ reason: 'bundle-malformed', index: 1 }));
      const moved = await verdictOn(([first, second, ...rest]) => [second!, first!, ...rest]);
      expect(moved).toMatchObject(tampered({ reason: 'entry-differs', index: 0 }));
      const hashes = await intruder.verifyWith(tile, (bytes) => bytes.fill(bytes[64]! ^ 1, 64, 65));
      expect(hashes).toMatchObject(tampered({ reason: 'tile-differs', resource: tile, index: 2 }));
      const size = await intruder.verifyWith(CHECKPOINT_PATH, (bytes) =>
        Buffer.from(bytes.toString().replace(/\n(\d+)\n/, (_line, entries) => `\n${Number(entries) - 1}\n`)),
      );
      expect(size).toMatchObject(tampered({ reason: 'signature-invalid' }));
      const cut = await intruder.verifyWith(bundle, (bytes) => bytes.subarray(0, 10));
      expect(cut).toMatchObject(tampered({ reason: 'bundle-malformed', index: 0 }));
      expect(await intruder.verify(intruder.shardFolder)).toMatchObject(whole);
    });
  }, 120_000);

  it('F4, F8, F9: an older folder, cosigned in its time, is smaller than what is held, and is not written on', async () => {
    const [newest, held] = [join(backup, 'newest'), join(backup, 'held')];
    const shown = async () => openCheckpoint((await log.reader.read(CHECKPOINT_PATH)) ?? '', log.witnessedTrust);
    // Its witnesses have vouched for more than the copy has.
    const size = await eventually(async () => {
      const checkpoint = await shown();
      await writeFile(held, checkpoint.raw);
      const copied = await readFile(join(backup, 'ledger', intruder.shard, CHECKPOINT_PATH), 'utf8');
      return checkpoint.size > Number(copied.split('\n')[1]) ? checkpoint.size : undefined;
    }, FOUND_WITHIN_MS);
    await whileDown(LEDGER, async () => {
      await cp(ledgerFolder(), newest, { recursive: true });
      await intruder.putBack(join(backup, 'ledger'), ledgerFolder());
      try {
        const verdict = await intruder.verify(intruder.shardFolder, held);
        expect(verdict).toMatchObject({ exit: 1, kind: 'tampered', fault: { reason: 'log-shrank', size } });
        const before = await intruder.said(LEDGER);
        expect(await intruder.control('up', LEDGER)).toBe(500);
        const said = (await intruder.said(LEDGER)).slice(before.length);
        expect(said).toMatch(/"code":"log-rolled-back".*"msg":"log put back: /);
        expect(said).toContain('service did not start');
      } finally {
        await intruder.putBack(newest, ledgerFolder());
      }
    });
    await arrive();
    expect((await audit.verify()).verdict.kind).toBe('verified');
  }, 180_000);

  it('F15: a witness whose record was put back ends, and does not come up with it', async () => {
    const newest = join(backup, 'newest-record');
    const copied = async (): Promise<number> => {
      const sizes = await intruder.sizesIn(join(backup, 'record'));
      return Math.max(...sizes);
    };
    // The ledger publishes this witness's word over more than the copy remembers.
    await eventually(async () => {
      const { size, cosigners } = openCheckpoint((await log.reader.read(CHECKPOINT_PATH)) ?? '', log.witnessedTrust);
      const isItsWord = cosigners.some(({ name }) => name.startsWith(WITNESS));
      if (isItsWord && size > (await copied())) return true;
      await arrive();
      return undefined;
    }, FOUND_WITHIN_MS);
    await whileDown(WITNESS, async () => {
      await cp(recordFolder(), newest, { recursive: true });
      await intruder.putBack(join(backup, 'record'), recordFolder());
      try {
        const before = await intruder.said(WITNESS);
        expect(await intruder.control('up', WITNESS)).toBe(500);
        expect((await intruder.said(WITNESS)).slice(before.length)).toContain('record-rolled-back');
      } finally {
        await intruder.putBack(newest, recordFolder());
      }
    });
    await arrive();
    expect((await audit.verify()).verdict.kind).toBe('verified');
  }, 180_000);
});
