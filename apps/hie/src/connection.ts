import { readFileSync } from 'node:fs';

import { OAuthClient, PersonSession } from '@hie/exchange-client';
import { z } from 'zod';

import { CliError } from './cli-error.js';
import { SessionFile } from './session-file.js';

/** The part of an exchange's description that is needed (`.run/exchange.json` has it); `operator` where a machine goes in, too. */
const descriptionSchema = z.object({
  gateway: z.object({ url: z.url() }),
  identityProvider: z.object({ tokenUrl: z.url(), issuer: z.url() }),
  caCertificate: z.string(),
  operator: z
    .object({
      organizationId: z.string(),
      client: z.object({ id: z.string(), privateJwk: z.record(z.string(), z.unknown()) }),
    })
    .optional(),
});

export type ExchangeFile = z.infer<typeof descriptionSchema>;

/** On whose behalf commands go in. */
export type Caller =
  | { readonly kind: 'person'; readonly client: PersonSession }
  | { readonly kind: 'system'; readonly client: OAuthClient };

export interface ExchangeConnection {
  readonly gatewayUrl: string;
  /** Nobody where no person has signed in and the file has no key of a machine. */
  readonly caller: Caller | undefined;
}

/** Connects as whoever has signed in, and where nobody has, as the exchange's operator. */
export function connect({ gateway, identityProvider, caCertificate, operator }: ExchangeFile): ExchangeConnection {
  const ca = readFileSync(caCertificate, 'utf8');
  const session = SessionFile.of(identityProvider.issuer);
  const { tokenUrl } = identityProvider;
  if (session.read() !== undefined)
    return { gatewayUrl: gateway.url, caller: { kind: 'person', client: new PersonSession(session, ca) } };
  if (operator === undefined) return { gatewayUrl: gateway.url, caller: undefined };
  const { client, organizationId } = operator;
  const system = new OAuthClient({ clientId: client.id, privateJwk: client.privateJwk, organizationId, tokenUrl, ca });
  return { gatewayUrl: gateway.url, caller: { kind: 'system', client: system } };
}

/** @throws CliError `unreadable` when the description is missing or is none. */
export function exchangeFile(path: string): ExchangeFile {
  try {
    return descriptionSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new CliError('unreadable', `${path} does not describe a running exchange; start one with: npm run up`);
  }
}
