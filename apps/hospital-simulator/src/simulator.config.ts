import { readFileSync } from 'node:fs';

import { z } from 'zod';

const readable = z.string().refine(isReadable, 'no such file, or it may not be read');
const port = z.int().min(0).max(65_535);
const jwk = z.looseObject({ kty: z.string() });

const trustedClient = z
  .strictObject({
    clientId: z.string().min(1).describe('Who is trusted: `iss` and `sub` of its assertions.'),
    jwks: z
      .strictObject({ keys: z.array(jwk).min(1) })
      .optional()
      .describe('Its public keys.'),
    jwksUrl: z
      .url({ protocol: /^https$/ })
      .optional()
      .describe('Or where it publishes them.'),
    jwksCaPath: readable.optional().describe('Certificate authority of jwksUrl, PEM.'),
    scopes: z.array(z.string()).min(1).default(['system/*.rs']).describe('What it may be granted.'),
  })
  .refine(({ jwks, jwksUrl }) => (jwks === undefined) !== (jwksUrl === undefined), 'exactly one of jwks and jwksUrl');

const exchange = z.strictObject({
  tokenUrl: z
    .url({ protocol: /^https?$/ })
    .describe('Token endpoint of the exchange’s identity provider; audience of the assertions.'),
  fhirUrl: z.url({ protocol: /^https?$/ }).describe('FHIR base that the feed is sent to.'),
  caPath: readable.optional().describe('Certificate authority of both, PEM.'),
  scope: z.string().default('system/Patient.cu').describe('Scope that is asked for.'),
  resource: z.string().optional().describe('Resource indicator (RFC 8707), where the identifier provider wants one.'),
  purposeOfUse: z
    .array(z.string())
    .min(1)
    .default(['urn:oid:2.16.840.1.113883.5.8#TREAT'])
    .describe('`purpose_of_use` of the hl7-b2b extension.'),
});

const hospital = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .describe('Short name; part of the admin URL.'),
  organizationId: z.string().min(1).describe('Its id in the exchange; `organization_id` of the hl7-b2b extension.'),
  name: z.string().min(1).describe('Its name for people.'),
  host: z
    .string()
    .default('localhost')
    .describe('Host name of its certificate; part of its URLs. It listens on the loopback alone.'),
  port: port.describe('Port of its HTTPS listener, 0 for a free one.'),
  tls: z
    .strictObject({ certPath: readable, keyPath: readable })
    .describe('Its certificate and key, PEM; read again when they change.'),
  identifierSystem: z
    .string()
    .regex(/^[a-z]+:/)
    .describe('Assigning authority of its local numbers, a URI.'),
  trustedClients: z.array(trustedClient).default([]).describe('Who may ask it.'),
  exchange: exchange.optional().describe('Where its feed goes.'),
  client: z
    .strictObject({ id: z.string().min(1), privateJwk: jwk })
    .optional()
    .describe('Who it is at the exchange.'),
});

/** The configuration of the simulator: one JSON file. */
export const simulatorConfigSchema = z
  .strictObject({
    admin: z
      .strictObject({ port: port.default(0) })
      .prefault({})
      .describe('Admin listener, on the loopback alone.'),
    chartCacheBytes: z.int().min(1_000_000).default(16_000_000).describe('Bound of all kept charts together.'),
    population: z
      .union([
        z.strictObject({
          seed: z.int(),
          people: z.int().min(1).max(33_554_432),
          asOf: z.iso.date().optional(),
          stories: z.boolean().optional(),
          errorScale: z.number().min(0).max(20).optional(),
        }),
        z.strictObject({ bundles: z.string().min(1), seed: z.int().default(1) }),
      ])
      .describe('A generated population, or a folder of FHIR transaction bundles.'),
    hospitals: z.array(hospital).min(1),
  })
  .superRefine(({ hospitals }, context) => {
    for (const key of ['id', 'organizationId', 'identifierSystem', 'port'] as const) {
      const values = hospitals.map((one) => one[key]);
      values.forEach((value, i) => {
        if (value !== 0 && values.indexOf(value) !== i)
          context.addIssue({ code: 'custom', path: ['hospitals', i, key], message: 'used twice' });
      });
    }
  });

/** The checked configuration. */
export type SimulatorConfig = z.infer<typeof simulatorConfigSchema>;

/** One hospital of it. */
export type HospitalConfig = SimulatorConfig['hospitals'][number];

/** The configuration cannot be used. `faults` names every wrong entry by its path, never its value. */
export class ConfigurationError extends Error {
  constructor(
    readonly code: 'not-given' | 'unreadable' | 'not-json' | 'invalid',
    readonly faults: readonly string[],
  ) {
    super('the configuration of the hospital simulator cannot be used');
    this.name = 'ConfigurationError';
  }
}

/**
 * Reads the file named by SIMULATOR_CONFIG.
 *
 * @throws ConfigurationError naming everything that is wrong, at once.
 */
export function readConfig(path: string | undefined): SimulatorConfig {
  if (path === undefined || path === '')
    throw new ConfigurationError('not-given', ['SIMULATOR_CONFIG must name a JSON file']);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError('unreadable', ['the file of SIMULATOR_CONFIG cannot be read']);
  }
  return parseConfig(text);
}

/** Checks the text of a configuration. @throws ConfigurationError */
export function parseConfig(text: string): SimulatorConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConfigurationError('not-json', ['the file of SIMULATOR_CONFIG is not JSON']);
  }
  const checked = simulatorConfigSchema.safeParse(json);
  if (checked.success) return checked.data;
  throw new ConfigurationError(
    'invalid',
    checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
