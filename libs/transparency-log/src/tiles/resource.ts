// C2SP tlog-tiles, "APIs" (https://c2sp.org/tlog-tiles): which paths are resources, and with which headers they are served.
import { CHECKPOINT_PATH, TILE_WIDTH } from './tile-path.js';

/** A resource of a tiled log, as its path names it. */
export type Resource =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'tile'; readonly level: number; readonly index: number; readonly width: number }
  | { readonly kind: 'entries'; readonly index: number; readonly width: number };

const TILE = /^tile\/(?<level>[1-5]?\d|6[0-3]|entries)\/(?<index>(?:x\d{3}\/)*\d{3})(?:\.p\/(?<width>[1-9]\d{0,2}))?$/;

/**
 * What a path (without a leading slash) names, or `undefined` when it is not exactly the path of a resource.
 *
 * Strict, so that a server which looks every path up here serves nothing else from the log's folder.
 */
export function resourceOf(path: string): Resource | undefined {
  if (path === CHECKPOINT_PATH) return { kind: 'checkpoint' };
  const parts = TILE.exec(path)?.groups;
  if (parts === undefined) return undefined;
  const width = Number(parts['width'] ?? TILE_WIDTH);
  if (parts['width'] !== undefined && width >= TILE_WIDTH) return undefined;
  const groups = (parts['index'] as string).split('/').map((group) => Number(group.replace('x', '')));
  if (groups.length > 1 && groups[0] === 0) return undefined;
  const index = groups.reduce((sum, group) => sum * 1000 + group, 0);
  if (!Number.isSafeInteger(index)) return undefined;
  return parts['level'] === 'entries'
    ? { kind: 'entries', index, width }
    : { kind: 'tile', level: Number(parts['level']), index, width };
}

/** The HTTP headers that tlog-tiles asks for: tiles and bundles never change, the checkpoint does all the time. */
export function headersOf({ kind }: Resource): Readonly<Record<'content-type' | 'cache-control', string>> {
  return kind === 'checkpoint'
    ? { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' }
    : { 'content-type': 'application/octet-stream', 'cache-control': 'public, max-age=31536000, immutable' };
}
