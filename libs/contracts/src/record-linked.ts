import { z } from 'zod';

import { type EventType, stateChange } from './event-type.js';
import { identifierSchema } from './query-requested.js';

/** A member's record now belongs to this person; the newest message of a record says where it stands. */
export const recordLinkedSchema = z.object({
  eventId: z.uuid(),
  recordId: z.uuid(),
  memberId: z.string(),
  /** Absent once the record was retracted. */
  personId: z.uuid().optional(),
  identifier: identifierSchema,
  /** The record's own id at the member's FHIR server, where the feed told it. */
  patientId: z.string().optional(),
  /** Whether even the mention of the member would disclose something (a sensitive clinic). */
  discloses: z.boolean(),
  at: z.iso.datetime(),
});

export type RecordLinked = z.infer<typeof recordLinkedSchema>;

export const recordLinked: EventType<RecordLinked> = {
  ...stateChange,
  topic: 'identity.record.linked.v1',
  schema: recordLinkedSchema,
  key: (event) => event.recordId,
  producers: ['patient-index'],
  consumers: ['record-locator'],
  encrypted: true,
  members: ({ memberId }) => [memberId],
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    recordId: '7d3e8a10-1f2b-4c3d-9e4f-5a6b7c8d9e0f',
    memberId: 'st-marys',
    personId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
    identifier: { system: 'urn:oid:2.999.1', value: 'SM-1' },
    discloses: false,
    at: '2026-01-01T00:00:00.000Z',
  },
};
