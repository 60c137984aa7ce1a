import { z } from 'zod';

import { type EventType, MAX_MESSAGE_BYTES, stateChange } from './event-type.js';

const MONTH_MS = 30 * 24 * 3_600_000;

/** The ledger has looked at a broken glass: the case that reviews it, and whose records were asked for under it. */
export const glassReportedSchema = z.object({
  eventId: z.uuid(),
  /** The query that the glass was broken for. */
  txn: z.uuid(),
  /** The ledger's case. */
  caseId: z.uuid(),
  /** Who broke it. */
  requester: z.object({ memberId: z.string(), userId: z.string().optional() }),
  /** Members whose records were asked for; none where nothing was disclosed. */
  members: z.array(z.string()),
  brokenAt: z.iso.datetime(),
});

export type GlassReported = z.infer<typeof glassReportedSchema>;

export const glassReported: EventType<GlassReported> = {
  ...stateChange,
  topic: 'ledger.glass.reported.v1',
  schema: glassReportedSchema,
  key: (event) => event.txn,
  producers: ['audit-ledger'],
  consumers: ['consent'],
  retention: { kind: 'delete', retentionMs: MONTH_MS },
  encrypted: true,
  maxBytes: MAX_MESSAGE_BYTES,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    caseId: '7d3e8a10-1f2b-4c3d-9e4f-5a6b7c8d9e0f',
    requester: { memberId: 'mercy-general', userId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f' },
    members: ['st-marys'],
    brokenAt: '2026-01-01T00:00:00.000Z',
  },
};
