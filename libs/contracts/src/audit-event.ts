import { z } from 'zod';

import { type EventType, MAX_MESSAGE_BYTES } from './event-type.js';
import { services } from './services.js';

/**
 * One thing that happened, decided or was refused, told to the ledger by the service that did it.
 *
 * It names the person by the exchange's own id, which the ledger turns into a keyed hash; `details` holds codes, counts and
 * versions, never a name, a local identifier or a clinical fact.
 */
export const auditEventSchema = z.object({
  eventId: z.uuid(),
  /** Absent for what belongs to no transaction. */
  txn: z.uuid().optional(),
  service: z.enum(services),
  /** What was done, as a stable verb phrase: `query.requested`, `disclosure.decided`, `message.refused`, … */
  action: z.string().max(64),
  outcome: z.enum(['success', 'denied', 'empty', 'failed', 'refused']),
  reason: z.string().max(128).optional(),
  purpose: z.string().max(16).optional(),
  requester: z
    .object({
      memberId: z.string().optional(),
      clientId: z.string().optional(),
      userId: z.string().optional(),
      /** The IP address of whoever was connected to the exchange's door. */
      address: z.union([z.ipv4(), z.ipv6().max(45)]).optional(),
    })
    .optional(),
  personId: z.uuid().optional(),
  /** SHA-256 (base64url) of what was disclosed. */
  digest: z.string().max(64).optional(),
  details: z.record(z.string(), z.union([z.string().max(2048), z.number(), z.boolean(), z.array(z.string())])),
  /** The digests of the hop seals so far. */
  seals: z.array(z.string()).max(16),
  at: z.iso.datetime(),
  /** Whether somebody waits for the receipt. */
  receiptWanted: z.boolean(),
  /** The service's word on all of this, which the ledger keeps: a salt for what is sealed, and a detached JWS (see `@hie/ledger-entry`). */
  vouched: z.object({ salt: z.string().length(22), signature: z.string().max(512) }).optional(),
});

export type AuditEvent = z.infer<typeof auditEventSchema>;

export const auditEventRecorded: EventType<AuditEvent> = {
  topic: 'audit.events.v1',
  schema: auditEventSchema,
  key: (event) => event.txn ?? event.eventId,
  // The ledger tells itself what it refused and who has read it.
  producers: services,
  consumers: ['audit-ledger'],
  retention: { kind: 'delete', retentionMs: 30 * 24 * 3_600_000 },
  partitions: 1,
  authority: 'service',
  encrypted: true,
  // What it says of a patient lies under the patient's own key (docs/adr/0186).
  members: () => [],
  outlivesDeadline: true,
  chain: 'links',
  maxBytes: MAX_MESSAGE_BYTES,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    service: 'consent',
    action: 'disclosure.decided',
    outcome: 'success',
    reason: 'default.treatment',
    purpose: 'ETREAT',
    requester: { memberId: 'mercy-general', clientId: 'mercy-general-emr', address: '203.0.113.9' },
    personId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
    details: {},
    seals: [],
    at: '2026-01-01T00:00:00.000Z',
    receiptWanted: false,
    vouched: { salt: 'c2FsdCBvZiBhbiBleGFtcA', signature: 'eyJhbGciOiJFUzI1NiJ9..c2lnbmF0dXJl' },
  },
};
