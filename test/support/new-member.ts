import { type JsonWebKey, generateKeyPairSync, randomUUID } from 'node:crypto';

import type { OAuthClient } from '@hie/exchange-client';

import { eventually } from './doors.js';
import type { SharedExchange } from './shared-exchange.js';

export const administration = { purpose: 'HSYSADMIN', scope: 'exchange/participants.manage' } as const;

/** A key pair of a client, under a key id. */
export interface ClientKeyPair {
  readonly privateJwk: JsonWebKey;
  readonly publicJwk: JsonWebKey;
}

export function newClientKey(kid: string): ClientKeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = { kid, alg: 'ES256', use: 'sig' };
  return {
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...names },
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...names },
  };
}

/** A member that a test has brought in for itself, so that what is done to it disturbs nobody. */
export interface NewMember {
  readonly memberId: string;
  readonly organizationId: string;
  readonly clientId: string;
  /** The client under one of its keys. */
  clientWith(key: ClientKeyPair): OAuthClient;
}

/** Registers a member with one client, through the administrators' door, and waits until it gets a token. */
export async function bringIn(
  exchange: SharedExchange,
  key: ClientKeyPair,
  client: object = {},
  identifierSystems: readonly string[] = [],
): Promise<NewMember> {
  const memberId = `newcomer-${randomUUID().slice(0, 8)}`;
  const clientId = `${memberId}-emr`;
  const organizationId = `urn:uuid:${randomUUID()}`;
  const registered = { clientId, jwks: { keys: [key.publicJwk] }, scopes: ['system/*.rs'], purposes: ['TREAT'] };
  const { status } = await exchange.operator.call('POST', `${exchange.description.gateway.url}/members`, {
    ...administration,
    body: {
      ...{ memberId, organizationId, name: 'Newcomer Clinic', discloses: false },
      ...{ identifierSystems, sites: [], endpoints: [], clients: [{ ...registered, ...client }] },
    },
  });
  if (status !== 201) throw new RangeError(`The member was not registered: ${status}.`);
  return {
    ...{ memberId, organizationId, clientId },
    clientWith: ({ privateJwk }) => exchange.memberClient(clientId, privateJwk, organizationId),
  };
}

/** Waits until the identity provider knows the client under this key. */
export async function untilKnown(client: OAuthClient): Promise<void> {
  const asked = { purpose: 'TREAT', scope: 'system/*.rs' } as const;
  await eventually(async () => (await client.token(asked).catch(() => undefined)) && true);
}
