import { z } from 'zod';

import { auditEventRecorded } from './audit-event.js';
import { type EventType } from './event-type.js';
import { services } from './services.js';

/** What one tally may name: such a message stays small enough for the log itself. */
export const TALLIED_AT_MOST = 1_000;

/**
 * A service's account of what it has told the ledger, by which the ledger misses what never came.
 *
 * Events are counted in the commit that stored them with what they tell of, apart from the outbox they are sent from.
 */
export const auditTallySchema = z.object({
  service: z.enum(services),
  /** One more than the service's tally before: a tally that never came is missed as well. */
  number: z.number().int().min(1),
  eventIds: z.array(z.uuid()).max(TALLIED_AT_MOST),
  at: z.iso.datetime(),
});

export type AuditTally = z.infer<typeof auditTallySchema>;

export const auditTallied: EventType<AuditTally> = {
  ...auditEventRecorded,
  members: () => [],
  topic: 'audit.tallies.v1',
  schema: auditTallySchema,
  key: (tally) => tally.service,
  example: {
    service: 'consent',
    number: 4711,
    eventIds: ['2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968'],
    at: '2026-01-01T00:00:00.000Z',
  },
};
