import {
  type ChainFault,
  type DroppedVerdict,
  type LogFault,
  type OpenCheckpoint,
  readCheckpoint,
  shardOfOrigin,
  type Trust,
  trustOfShard,
} from '@hie/transparency-log';

/** A checkpoint whose signatures have been checked, for people. */
export function describeCheckpoint({ origin, size, root, cosigners }: OpenCheckpoint): readonly string[] {
  return [
    `log        ${origin}`,
    `checkpoint ${size.toLocaleString('en')} entries, root ${Buffer.from(root).toString('base64')}`,
    ...cosigners.map(({ name, timestampSeconds }) => `cosigned   ${name} at ${toTime(timestampSeconds)}`),
  ];
}

/** What is wrong with one log of a chain, as one line. */
export function faultLine(
  name: string,
  { chain, fault }: { readonly chain?: ChainFault | undefined; readonly fault?: LogFault | undefined },
): string {
  if (chain !== undefined) return `TAMPERED   ${name}: ${chain.reason}, held against ${chain.neighbour}`;
  return fault === undefined ? '' : `TAMPERED   ${name}: ${fault.reason}${whereOf(fault)}`;
}

/** A log whose entries are gone, by the ledger's own word. */
export function droppedLine(name: string, { checkpoint: { size, root }, attestedBy }: DroppedVerdict): string {
  const was = `${size.toLocaleString('en')} entries, root ${Buffer.from(root).toString('base64')}`;
  const { name: shard = '', index = 0, rule = '' } = attestedBy ?? {};
  return `dropped    ${name}: under retention (${rule}), ${was}, attested by entry ${shard}/${index}`;
}

/** Where a fault is, as narrowly as it is known. */
export function whereOf({ index, entries, resource, size }: LogFault): string {
  const places = [
    index === undefined ? '' : `entry ${index}`,
    entries === undefined ? '' : `among entries ${entries.begin} to ${entries.end - 1}`,
    resource ?? '',
    size === undefined ? '' : `checkpoint of size ${size}`,
  ].filter((place) => place !== '');
  return places.length === 0 ? '' : `: ${places.join(', ')}`;
}

/** Whom to believe of a checkpoint: where it is another shard's of the same chain, the same key under that shard's name. */
export function trustOfCheckpoint(raw: string, trust: Trust): Trust {
  const [own, other] = [trust.origin, readCheckpoint(raw).checkpoint.origin].map(shardOfOrigin);
  return own !== undefined && own.base === other?.base ? trustOfShard(trust, other.name) : trust;
}

/** Bytes of an entry as text where they are text, and as base64 where they are not. */
export function describeEntry(entry: Uint8Array): string {
  const text = Buffer.from(entry).toString();
  const isText = Buffer.from(text).equals(entry) && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text);
  return isText ? text : Buffer.from(entry).toString('base64');
}

function toTime(timestampSeconds: number): string {
  const time = new Date(timestampSeconds * 1000);
  return Number.isNaN(time.getTime()) ? `${timestampSeconds} s after 1970` : time.toISOString();
}
