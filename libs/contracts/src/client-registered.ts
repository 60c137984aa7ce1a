import { z } from 'zod';

import { type EventType, stateChange } from './event-type.js';

/** A system that registered itself at the identity provider, as the doors need to know it. */
export const clientRegisteredSchema = z.object({
  eventId: z.uuid(),
  clientId: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/),
  /** Whose system it is. */
  memberId: z.string().max(63),
  status: z.enum(['active', 'cancelled']),
  version: z.int().min(1),
  at: z.iso.datetime(),
});

export type ClientRegistered = z.infer<typeof clientRegisteredSchema>;

export const clientRegistered: EventType<ClientRegistered> = {
  ...stateChange,
  topic: 'clients.registration.changed.v1',
  schema: clientRegisteredSchema,
  key: (event) => event.clientId,
  producers: ['identity-provider'],
  consumers: ['gateway'],
  // Names of systems; nobody's record.
  encrypted: false,
  example: {
    eventId: '5a9c1b7e-8d2f-4c36-9b1a-2f3e4d5c6b7a',
    clientId: 'udap-3f0d1f7e-6a55-4c0e-9a58-5c1f4f1f7b11',
    memberId: 'st-marys',
    status: 'active',
    version: 1,
    at: '2026-01-01T00:00:00.000Z',
  },
};
