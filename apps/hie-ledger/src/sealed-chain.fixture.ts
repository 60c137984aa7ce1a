import { createSecretKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type LedgerEntry, formatLeaf, sealEntry } from '@hie/ledger-entry';
import { clearTiles, directoryReader, directoryStorage } from '@hie/tile-storage';
import {
  droppedMarkOf,
  formatVerifierKey,
  isShardName,
  noteSigner,
  openLog,
  openShards,
  type ShardMark,
  shardOrigin,
  type ShardStore,
  type ShardWriting,
} from '@hie/transparency-log';

import { main } from './main.js';

const base = 'ledger.example/chain';
const ledger = createSecretKey(Buffer.alloc(32, 1));

/** A chain of half-yearly logs of sealed entries in a folder: 2026h2, 2027h1, 2027h2, of which the last is open. */
export interface SealedChain {
  readonly folder: string;
  readonly store: ShardStore;
  readonly writing: ShardWriting;
  /** A file with the key of the patient of whom each log tells once. */
  readonly patientFile: string;
  /** The event of each log about the patient, oldest first; each log also tells of `everywhere`. */
  readonly events: readonly string[];
  readonly everywhere: string;
  readonly keyOf: (name: string) => string;
  /** Runs the program on one of the logs; what checks a file is given its key alone. */
  run(
    name: string,
    command: string,
    ...more: readonly string[]
  ): Promise<{ readonly code: number; readonly said: string }>;
  /** Appends behind a log's end with its own key, whatever it ends with. */
  append(name: string, ...entries: readonly Uint8Array[]): Promise<void>;
  /** Drops the first log; the newest says so, unless nothing is to be said. */
  drop(options?: { readonly isSaid: boolean }): Promise<void>;
  remove(): Promise<void>;
}

export const CHAIN = ['2026h2', '2027h1', '2027h2'];
/** Other entries in each log, beside the two that are told of and the marks. */
const OTHERS = 298;

export async function sealedChain(): Promise<SealedChain> {
  const folder = await mkdtemp(join(tmpdir(), 'hie-sealed-chain-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const signerOf = (origin: string) => noteSigner(origin, 'ed25519', privateKey);
  const keyOf = (name: string): string => formatVerifierKey(signerOf(shardOrigin(base, name)).key);
  const patient = Buffer.alloc(32, 2);
  const patientFile = join(folder, 'patient');
  await writeFile(patientFile, patient.toString('base64url'));

  const store: ShardStore = {
    names: async () => (await readdir(folder)).filter(isShardName),
    read: (name) => directoryReader(join(folder, name)),
    write: (name) => directoryStorage(join(folder, name)),
    clear: (name) => clearTiles(join(folder, name)),
  };
  const marked = (action: string) => (mark: ShardMark) =>
    formatLeaf({ ...sealEntry(entryOf({ action }), { ledger }, randomBytes), shard: mark });
  const writing: ShardWriting = {
    ...{ store, base, signersOf: (origin) => [signerOf(origin)], vouch: () => Promise.resolve(undefined) },
    closingEntry: marked('ledger.shard-closed'),
    openingEntry: marked('ledger.shard-opened'),
  };
  const chain = await openShards(writing, Date.UTC(2026, 9));
  const everywhere = randomUUID();
  const events = CHAIN.map(() => randomUUID());
  for (const [at, eventId] of events.entries()) {
    if (at > 0) await chain.handOver(Date.UTC(2027, 6 * (at - 1) + 1));
    const told = entryOf({ eventId, at: new Date(Date.UTC(2026, 9 + 6 * at)).toISOString() });
    const own = formatLeaf(sealEntry(told, { ledger, patient: createSecretKey(patient) }, randomBytes));
    const common = formatLeaf(sealEntry(entryOf({ eventId: everywhere }), { ledger }, randomBytes));
    const others = Array.from({ length: OTHERS }, () =>
      formatLeaf(sealEntry(entryOf({ action: 'request.refused' }), { ledger }, randomBytes)),
    );
    await chain.open.log.append([common, ...others, own]);
  }
  await chain.close();

  return {
    ...{ folder, store, writing, patientFile, events, everywhere, keyOf },
    run: async (name, command, ...more) => {
      const said: string[] = [];
      const where = command.startsWith('check-') ? [] : ['--dir', join(folder, name)];
      const args = [command, ...where, '--key', keyOf(name), ...more];
      const code = await main(args, { print: (line) => said.push(line) }, (line) => said.push(line));
      return { code, said: said.join('\n') };
    },
    append: async (name, ...entries) => {
      const origin = shardOrigin(base, name);
      const log = await openLog(await directoryStorage(join(folder, name)), { origin, signer: signerOf(origin) });
      await log.append(entries);
      await log.close();
    },
    drop: async ({ isSaid } = { isSaid: true }) => {
      const again = await openShards(writing, Date.UTC(2027, 9));
      const [first] = again.closed;
      if (first === undefined) throw new RangeError('The chain has no closed log.');
      const mark = { dropped: [droppedMarkOf(first)], rule: '6 years after the last entry' };
      if (isSaid) await again.open.log.append([marked('ledger.shard-dropped')(mark)]);
      await again.drop(first.name);
      await again.clear(first.name);
      await again.close();
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

const entryOf = (more: Partial<LedgerEntry>): LedgerEntry => ({
  ...{ eventId: randomUUID(), txn: randomUUID(), service: 'document-query', action: 'answer.assembled' },
  ...{
    outcome: 'success',
    purpose: 'ETREAT',
    requester: { memberId: 'mercy-general' },
    details: { members: ['st-anne'] },
  },
  ...{ seals: [], sealedBy: 'document-query', at: '2026-10-01T08:00:00.000Z' },
  ...more,
});
