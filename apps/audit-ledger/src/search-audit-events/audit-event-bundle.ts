// HL7 FHIR R4 search results: https://hl7.org/fhir/R4/http.html#paging
import { extensions, systems } from '@hie/fhir';
import { type PlacedEntry, auditEventOf } from '@hie/ledger-report';
import type { Bundle } from '@medplum/fhirtypes';

import type { ShardPlace } from '../read-log/log-view.js';

export interface AuditEventPage {
  readonly entries: readonly PlacedEntry[];
  /** The page is true of the first `size` entries of all shards together: of all before `upTo`. */
  readonly size: number;
  readonly upTo: ShardPlace;
  /** A signed checkpoint of at least that size. */
  readonly checkpoint: string;
  /** Where older entries are; absent on the last page. */
  readonly cursor?: string;
  readonly at: Date;
}

/**
 * A searchset of AuditEvents. It has no `total`: to count is to read everything, and the number would be another at the next page's time.
 *
 * `meta` says up to where it is true. The links are the gateway's to write, which knows what the caller asked; only the cursor is given along.
 */
export function auditEventBundle({ entries, size, upTo, checkpoint, cursor, at }: AuditEventPage): Bundle {
  return {
    resourceType: 'Bundle',
    meta: {
      lastUpdated: at.toISOString(),
      extension: [
        {
          url: extensions.ledgerExtent,
          extension: [
            { url: 'size', valueIdentifier: { system: systems.ledgerIndex, value: String(size) } },
            { url: 'upTo', valueIdentifier: { system: systems.ledgerIndex, value: `${upTo.shard}/${upTo.index}` } },
            { url: 'checkpoint', valueString: checkpoint },
          ],
        },
      ],
    },
    type: 'searchset',
    timestamp: at.toISOString(),
    ...(cursor === undefined ? {} : { link: [{ relation: 'next', url: `AuditEvent?_cursor=${cursor}` }] }),
    ...(entries.length === 0
      ? {}
      : {
          entry: entries.map(({ entry, place }) => ({
            fullUrl: `urn:uuid:${entry.eventId}`,
            resource: auditEventOf(entry, place),
            search: { mode: 'match' as const },
          })),
        }),
  };
}
