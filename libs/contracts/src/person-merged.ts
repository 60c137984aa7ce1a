import { z } from 'zod';

import { type EventType, stateChange } from './event-type.js';

/**
 * Under which ids, other than the own, somebody is answered for and ever was: the survivors of merges, and when.
 *
 * The newest message of a person has the whole history, so the topic is a table of everybody who was ever merged.
 */
export const personMergedSchema = z.object({
  eventId: z.uuid(),
  personId: z.uuid(),
  /** In their order; `until` is absent while it lasts. */
  stoodUnder: z
    .array(z.object({ personId: z.uuid(), since: z.iso.datetime(), until: z.iso.datetime().optional() }))
    .min(1),
  at: z.iso.datetime(),
});

export type PersonMerged = z.infer<typeof personMergedSchema>;

export const personMerged: EventType<PersonMerged> = {
  ...stateChange,
  topic: 'identity.person.merged.v1',
  schema: personMergedSchema,
  key: (event) => event.personId,
  producers: ['patient-index'],
  consumers: ['audit-ledger'],
  encrypted: true,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    personId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
    stoodUnder: [
      {
        personId: '7d3e8a10-1f2b-4c3d-9e4f-5a6b7c8d9e0f',
        since: '2026-01-01T00:00:00.000Z',
        until: '2026-01-02T00:00:00.000Z',
      },
    ],
    at: '2026-01-02T00:00:00.000Z',
  },
};
