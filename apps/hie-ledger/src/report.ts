import { type OpenCheckpoint } from '@hie/transparency-log';

/** A checkpoint whose signatures have been checked, for people. */
export function describeCheckpoint({ origin, size, root, cosigners }: OpenCheckpoint): readonly string[] {
  return [
    `log        ${origin}`,
    `checkpoint ${size.toLocaleString('en')} entries, root ${Buffer.from(root).toString('base64')}`,
    ...cosigners.map(({ name, timestampSeconds }) => `cosigned   ${name} at ${toTime(timestampSeconds)}`),
  ];
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
