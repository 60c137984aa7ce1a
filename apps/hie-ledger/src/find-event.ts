import { type LogProofs, type TreeHead } from '@hie/transparency-log';

const STEP = 4096;

/**
 * The index of the newest entry that is a JSON object with this `eventId` (the ledger's own) or `id` (a FHIR resource's).
 *
 * Reads the log from its end, since what is asked for is usually recent. The entries it passes over are not verified;
 * the one it finds must be, by the proof that is made for it.
 *
 * @param onEntry told of every entry that is passed over, unproven.
 */
export async function findEvent(
  proofs: LogProofs,
  head: TreeHead,
  eventId: string,
  progress?: (line: string) => void,
  onEntry?: (index: number, entry: Uint8Array) => void,
): Promise<number | undefined> {
  for (let end = head.size; end > 0; end = Math.max(0, end - STEP)) {
    progress?.(`looking at entries before ${end.toLocaleString('en')}`);
    let found: number | undefined;
    for await (const { index, entry } of proofs.entries(Math.max(0, end - STEP), end, head)) {
      onEntry?.(index, entry);
      if (speaksOf(entry, eventId)) found = index;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

function speaksOf(entry: Uint8Array, eventId: string): boolean {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength);
  if (!bytes.includes(eventId)) return false;
  try {
    const value = JSON.parse(bytes.toString()) as { eventId?: unknown; id?: unknown } | null;
    return value?.eventId === eventId || value?.id === eventId;
  } catch {
    return false;
  }
}
