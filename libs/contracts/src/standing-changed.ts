import { z } from 'zod';

import { type EventType, hopRetention, stateChange } from './event-type.js';

/**
 * What was decided about a person before this does not hold any more: whoever is about to release something asks anew or withholds it.
 *
 * It says that something changed, and not what. Kept for an hour: nothing that was decided earlier is still on its way or held.
 */
export const standingChangedSchema = z.object({
  eventId: z.uuid(),
  personId: z.uuid(),
  /** Grows with every change of this person's; what was decided under a lower one is out of date. */
  epoch: z.int().min(1),
  at: z.iso.datetime(),
});

export type StandingChanged = z.infer<typeof standingChangedSchema>;

const standing = {
  ...stateChange,
  retention: hopRetention,
  schema: standingChangedSchema,
  key: (event: StandingChanged) => event.personId,
  consumers: ['document-query', 'gateway'],
  encrypted: true,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    personId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
    epoch: 1,
    at: '2026-01-01T00:00:00.000Z',
  },
} as const;

/** A person's consents changed. The epoch is the number of versions that were ever filed about the person. */
export const consentStandingChanged: EventType<StandingChanged> = {
  ...standing,
  topic: 'consent.standing.changed.v1',
  producers: ['consent'],
};

/** Who a person is changed: merged, unmerged, or a record taken off. The epoch is how often that has happened to anybody. */
export const identityStandingChanged: EventType<StandingChanged> = {
  ...standing,
  topic: 'identity.standing.changed.v1',
  producers: ['patient-index'],
};
