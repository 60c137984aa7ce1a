import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { readIfThere, replaceFile } from '../certificates/exclusive-file.js';
import { runRoot } from './run-root.js';

const client = z.object({
  id: z.string().describe('its OAuth client id'),
  privateJwk: z.record(z.string(), z.unknown()).describe('the private key that it signs its assertions with; secret'),
  scopes: z.array(z.string()).describe('what it may ask for'),
  purposes: z.array(z.string()).describe('the purposes of use that it is registered for'),
});

const hospital = z.object({
  name: z.string().describe('the member hospital’s name'),
  organizationId: z.string().describe('its identifier in the exchange'),
  client: client.describe('how it speaks to the exchange: SMART Backend Services'),
  adminUrl: z.url().describe('its simulator’s controls: faults, counters, feed'),
});

const witness = z.object({
  name: z.string().describe('the name in its cosignatures'),
  url: z.url().describe('where it takes checkpoints (C2SP tlog-witness)'),
  verifierKey: z.string().describe('its key, in signed-note form'),
});

/**
 * `.run/exchange.json`: all that a client from outside needs to speak to the exchange that `npm run up` left running.
 * It holds the simulated hospitals' private keys, so only its owner may read it (mode 0600).
 */
export const exchangeDescriptionSchema = z.object({
  gateway: z.object({
    url: z.url().describe('the gateway: CDS Hooks at /cds-services'),
    fhirUrl: z.url().describe('its FHIR R4 base'),
  }),
  identityProvider: z.object({
    tokenUrl: z.url().describe('the OAuth token endpoint'),
    issuer: z.url().describe('the provider as people’s browsers know it: /enrol, /auth'),
  }),
  ledger: z.object({
    url: z
      .url()
      .describe('the static files (C2SP tlog-tiles) of the half-yearly log that was written when the exchange started'),
    shardsUrl: z.url().describe('which half-yearly logs there are, each below the same URL'),
    verifierKey: z.string().describe('its key, in signed-note form: name+hash+key'),
    checkpointsUrl: z.url().describe('every cosigned checkpoint there ever was'),
    quorum: z.int().describe('how many of the witnesses have cosigned its published checkpoint, at least'),
    witnesses: z.array(witness),
  }),
  caCertificate: z.string().describe('path of the PEM certificate that every https URL here is checked against'),
  kafka: z.object({ brokers: z.string().describe('host:port, comma-separated; mutual TLS') }),
  database: z.object({ url: z.string().describe('the exchange’s database, as PostgreSQL’s administrator; secret') }),
  operator: z
    .object({ organizationId: z.string(), client })
    .describe('the exchange’s own administrator and compliance officer, for `npx hie`'),
  hospitals: z.array(hospital).min(1),
});

export type ExchangeDescription = z.infer<typeof exchangeDescriptionSchema>;

const exchangeFile = (root: string): string => join(root, 'exchange.json');

/** Writes the file as a whole: a reader sees none, or all of it. @returns its path. */
export function writeExchangeFile(description: ExchangeDescription, root = runRoot()): string {
  const path = exchangeFile(root);
  replaceFile(path, `${JSON.stringify(exchangeDescriptionSchema.parse(description), undefined, 2)}\n`, 0o600);
  return path;
}

/** What is up, or undefined. */
export function readExchangeFile(root = runRoot()): ExchangeDescription | undefined {
  const text = readIfThere(exchangeFile(root));
  return text === undefined ? undefined : exchangeDescriptionSchema.parse(JSON.parse(text));
}

export function removeExchangeFile(root = runRoot()): void {
  rmSync(exchangeFile(root), { force: true });
}
