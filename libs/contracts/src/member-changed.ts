import { z } from 'zod';

import { type EventType, servicesExcept, stateChange } from './event-type.js';

export const clientRegistrationSchema = z.object({
  clientId: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/),
  /** Public keys (RFC 7517). There is no such thing as a client secret. */
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(8) }),
  scopes: z.array(z.string()).max(32),
  /** The purposes of use this client may claim. */
  purposes: z.array(z.string()).max(32),
  /** What its tokens are bound to: a key by proofs (RFC 9449), unless it says the certificate of its connection (RFC 8705). */
  boundBy: z.enum(['dpop', 'certificate']).optional(),
});

export const siteSchema = z.object({ siteId: z.string().max(64), name: z.string().max(256) });

export const endpointSchema = z.object({
  kind: z.literal('fhir-r4'),
  url: z.url(),
  /** PEM; trusted for this endpoint, instead of the public authorities. */
  ca: z.string().optional(),
});

/** A member as every service needs to know it. A suspended member neither asks nor answers. */
export const memberChangedSchema = z.object({
  eventId: z.uuid(),
  memberId: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/),
  organizationId: z.string().max(256),
  name: z.string().max(256),
  status: z.enum(['active', 'suspended']),
  /** The authority that assigns this member's patient identifiers; no other member may feed under it. */
  identifierSystems: z.array(z.string().max(256)).max(16),
  /** A sensitive clinic: where even the mention of its name would disclose something. */
  discloses: z.boolean(),
  sites: z.array(siteSchema).max(256),
  endpoints: z.array(endpointSchema).max(8),
  clients: z.array(clientRegistrationSchema).max(16),
  version: z.int().min(1),
  at: z.iso.datetime(),
});

export type Site = z.infer<typeof siteSchema>;
export type Endpoint = z.infer<typeof endpointSchema>;
export type MemberChanged = z.infer<typeof memberChangedSchema>;
export type ClientRegistration = z.infer<typeof clientRegistrationSchema>;

export const memberChanged: EventType<MemberChanged> = {
  ...stateChange,
  topic: 'participants.member.changed.v1',
  schema: memberChangedSchema,
  key: (event) => event.memberId,
  producers: ['participants'],
  consumers: servicesExcept('participants', 'consent'),
  // Names of organisations and public keys; nobody's record.
  encrypted: false,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    memberId: 'st-marys',
    organizationId: 'urn:oid:2.999.1',
    name: 'St. Mary’s',
    status: 'active',
    identifierSystems: ['urn:oid:2.999.1.1'],
    discloses: false,
    sites: [{ siteId: 'main', name: 'Main campus' }],
    endpoints: [{ kind: 'fhir-r4', url: 'https://fhir.st-marys.example/r4' }],
    clients: [{ clientId: 'st-marys-emr', jwks: { keys: [{ kty: 'EC' }] }, scopes: [], purposes: ['TREAT'] }],
    version: 1,
    at: '2026-01-01T00:00:00.000Z',
  },
};
