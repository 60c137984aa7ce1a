import { readFileSync } from 'node:fs';

import { OAuthClient } from '@hie/exchange-client';
import { z } from 'zod';

import { CliError } from './cli-error.js';

/** The part of an exchange's description that an administrator needs (`.run/exchange.json` has it). */
const descriptionSchema = z.object({
  gateway: z.object({ url: z.url() }),
  identityProvider: z.object({ tokenUrl: z.url() }),
  caCertificate: z.string(),
  operator: z.object({
    organizationId: z.string(),
    client: z.object({ id: z.string(), privateJwk: z.record(z.string(), z.unknown()) }),
  }),
});

export interface ExchangeConnection {
  readonly gatewayUrl: string;
  readonly client: OAuthClient;
}

/** Connects as the exchange's operator. @throws CliError `unreadable` when the description is missing or is none. */
export function connect(path: string): ExchangeConnection {
  const { gateway, identityProvider, caCertificate, operator } = description(path);
  return {
    gatewayUrl: gateway.url,
    client: new OAuthClient({
      clientId: operator.client.id,
      privateJwk: operator.client.privateJwk,
      organizationId: operator.organizationId,
      tokenUrl: identityProvider.tokenUrl,
      ca: readFileSync(caCertificate, 'utf8'),
    }),
  };
}

function description(path: string): z.infer<typeof descriptionSchema> {
  try {
    return descriptionSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new CliError('unreadable', `${path} does not describe a running exchange; start one with: npm run up`);
  }
}
