import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { directoryReader, httpReader } from '@hie/tile-storage';
import { isShardName, type LogReader } from '@hie/transparency-log';

/** The other half-yearly logs of a chain, which lie beside the one that was named. */
export interface Neighbours {
  readerOf(name: string): LogReader;
  /** The names that whoever serves the log offers: a hint. Empty where nothing says so. */
  offered(): Promise<readonly string[]>;
}

/** @param location exactly one of the two, of one log. */
export function neighboursOf({
  url,
  dir,
}: {
  readonly url?: string | undefined;
  readonly dir?: string | undefined;
}): Neighbours {
  if (url !== undefined) {
    const beside = new URL('..', url.endsWith('/') ? url : `${url}/`).href;
    return {
      readerOf: (name) => httpReader(`${beside}${name}/`),
      offered: async () => namesIn(await httpReader(beside).read('shards')),
    };
  }
  const beside = dirname(resolve(dir ?? '.'));
  return {
    readerOf: (name) => directoryReader(join(beside, name)),
    offered: async () => (await readdir(beside)).filter(isShardName),
  };
}

function namesIn(listed: Uint8Array | undefined): readonly string[] {
  if (listed === undefined) return [];
  try {
    const { shards } = JSON.parse(Buffer.from(listed).toString()) as {
      readonly shards?: readonly { name?: unknown }[];
    };
    return (shards ?? []).flatMap(({ name }) => (typeof name === 'string' && isShardName(name) ? [name] : []));
  } catch {
    // A hint that can't be read is none; what the logs say of each other does not rest on it.
    return [];
  }
}
