import { z } from 'zod';

import { type EventType, hopRetention } from './event-type.js';

/** The ledger's word that an event is in the log, checkable offline: `.tlog-proof` needs nothing but these fields. */
export const auditReceiptSchema = z.object({
  eventId: z.uuid(),
  txn: z.uuid().optional(),
  /** The digest the event spoke of. */
  digest: z.string().optional(),
  /** The half-yearly log that holds it, such as `2026h2`. */
  shard: z.string().optional(),
  /** In that log. */
  index: z.int().min(0),
  /** RFC 6962 leaf hash, base64. */
  leafHash: z.string(),
  /** Opens the entry's commitment to `digest`, base64url; 32 bytes. The entry itself stays sealed to its holder. */
  opening: z.string(),
  /** Inclusion proof to `checkpoint`'s root, base64, bottom first. */
  proof: z.array(z.string()),
  /** Signed note (C2SP tlog-checkpoint). */
  checkpoint: z.string(),
  /** The newest checkpoint that enough witnesses had cosigned when this was issued; as a rule a little older than `checkpoint`. */
  cosigned: z.string().optional(),
});

export type AuditReceipt = z.infer<typeof auditReceiptSchema>;

export const auditReceiptIssued: EventType<AuditReceipt> = {
  topic: 'audit.receipts.v1',
  schema: auditReceiptSchema,
  key: (receipt) => receipt.txn ?? receipt.eventId,
  producers: ['audit-ledger'],
  consumers: ['gateway'],
  retention: hopRetention,
  partitions: 1,
  authority: 'service',
  encrypted: false,
  members: () => [],
  outlivesDeadline: true,
  chain: 'links',
  maxBytes: 64 * 1024,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    digest: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
    shard: '2026h2',
    index: 0,
    leafHash: 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=',
    opening: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
    proof: [],
    checkpoint:
      'hie.example/ledger/2026h2\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n\n— hie.example/ledger/2026h2 AAAA\n',
  },
};
