import { type KeyObject } from 'node:crypto';

import { memoryStorage } from '../log/memory-storage.js';
import { type Signers } from '../log/log-writer.js';
import { noteSigner, type NoteSigner } from '../notes/note-signer.js';
import { type ShardStore, type ShardWriting } from './open-shards.js';
import { type ShardMark } from './shard-mark.js';

export const base = 'ledger.example/chain';

/** Shards in memory; `onCommit` is called before and after each commit, and kills the writer by throwing. */
export interface MemoryShards extends ShardStore {
  readonly folders: Map<string, Map<string, Uint8Array>>;
}

export function memoryShards(
  folders = new Map<string, Map<string, Uint8Array>>(),
  onCommit: () => void = () => undefined,
): MemoryShards {
  const at = (name: string) => {
    const known = folders.get(name) ?? new Map<string, Uint8Array>();
    folders.set(name, known);
    return known;
  };
  return {
    folders,
    names: () => Promise.resolve([...folders.keys()]),
    read: (name) => memoryStorage(folders.get(name) ?? new Map()),
    clear: (name) => {
      const folder = at(name);
      for (const path of [...folder.keys()].filter((each) => each.startsWith('tile/'))) {
        onCommit();
        folder.delete(path);
      }
      return Promise.resolve();
    },
    write: (name) => {
      const storage = memoryStorage(at(name));
      return Promise.resolve({
        ...storage,
        commit: async (change) => {
          onCommit();
          await storage.commit(change);
          onCommit();
        },
      });
    },
  };
}

const entryOf = (kind: string) => (mark: ShardMark) => Buffer.from(JSON.stringify({ kind, shard: mark }));

/** The writing side of a chain whose entries are JSON objects with a mark in them. */
export function shardWriting(
  store: ShardStore,
  keys: KeyObject | (() => readonly KeyObject[]),
  options: Partial<Pick<ShardWriting, 'vouch' | 'publication' | 'atLeast'>> = {},
): ShardWriting {
  const signersOf = (origin: string): Signers => {
    const given = typeof keys === 'function' ? keys() : [keys];
    const [first, ...others] = given.map((key) => noteSigner(origin, 'ed25519', key));
    return [first as NoteSigner, ...others];
  };
  return {
    ...{ store, base },
    signersOf,
    closingEntry: entryOf('closing'),
    openingEntry: entryOf('opening'),
    vouch: () => Promise.resolve(undefined),
    ...options,
  };
}
