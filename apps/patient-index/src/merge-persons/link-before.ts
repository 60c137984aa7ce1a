import type { IdentityEvent, LinkDetails } from '../identity-store/identity-event.js';

/** A link of a record, as it was made. */
export interface RecordLink {
  readonly personId: string;
  readonly details: LinkDetails;
}

/**
 * The link that a record had before it was moved to the person it is linked to, and that taking the move back restores; moves are taken
 * back newest first.
 *
 * `undefined` for a record that nobody has moved: it came to its person by its registration, or was taken off another, which is taken back by
 * joining them.
 *
 * @param events of the record, in order; others among them are passed over.
 */
export function linkBefore(recordId: string, events: Iterable<IdentityEvent>): RecordLink | undefined {
  let links: RecordLink[] = [];
  let takesBack = false;
  for (const event of events) {
    if (event.recordId !== recordId) continue;
    if (event.kind === 'unlinked') takesBack = event.details.takesBack === true;
    if (event.kind !== 'linked') continue;
    const { personId, details } = event;
    if (takesBack) links.pop();
    else if (details.movedFrom !== undefined) links.push({ personId, details });
    // Fed again after it was withdrawn: the same link.
    else if (details.by === 'restored') links.splice(-1, 1, { personId, details });
    else links = [{ personId, details }];
    takesBack = false;
  }
  return links.at(-2);
}
