import { z } from 'zod';

import { type EventType, stateChange } from './event-type.js';

/** A patient's directive was made, changed or withdrawn: every instance of the consent service reads it anew. */
export const consentChangedSchema = z.object({
  eventId: z.uuid(),
  consentId: z.uuid(),
  version: z.int().min(1),
  personId: z.uuid(),
  status: z.enum(['active', 'inactive']),
  at: z.iso.datetime(),
});

export type ConsentChanged = z.infer<typeof consentChangedSchema>;

export const consentChanged: EventType<ConsentChanged> = {
  ...stateChange,
  topic: 'consent.directive.changed.v1',
  schema: consentChangedSchema,
  key: (event) => event.consentId,
  producers: ['consent'],
  consumers: ['consent'],
  encrypted: true,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    consentId: '7d3e8a10-1f2b-4c3d-9e4f-5a6b7c8d9e0f',
    version: 1,
    personId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
    status: 'active',
    at: '2026-01-01T00:00:00.000Z',
  },
};
