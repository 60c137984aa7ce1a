import { type JsonWebKey, type KeyObject, createPrivateKey } from 'node:crypto';

import { type Pkcs11Token, type SigningKey, type SigningUse, jwkSigningKey } from '@hie/key-store';
import type { KeyWithId } from '@hie/messaging';
import { z } from 'zod';

const octetPair = z.object({ kty: z.string(), crv: z.string(), kid: z.string(), x: z.string(), d: z.string() });
const p256 = octetPair.extend({ kty: z.literal('EC'), crv: z.literal('P-256'), y: z.string() });
const privateJwk = z.looseObject({ kty: z.string(), crv: z.string(), d: z.string(), kid: z.string().optional() });
/** A key in the PKCS#11 token that the service is configured for, by its label. */
const tokenKey = z.strictObject({ pkcs11: z.string().min(1), kid: z.string().optional() });
const signingEntry = z.union([tokenKey, privateJwk]);
/** One key, or several: the first signs, all are published. */
const signingEntries = z.union([z.array(signingEntry).min(1), signingEntry.transform((entry) => [entry])]);

const keyFileSchema = z.object({
  /** P-256, this instance's. */
  seal: p256,
  /** X25519, this service's; newest first. */
  agree: z.array(octetPair).min(1),
  /** P-256, where the service mints transaction tokens. */
  token: signingEntries.optional(),
  /** 32 bytes, base64url, or several such: what the service derives its own symmetric keys from. The first derives what is made, all of them open. */
  master: z.union([z.array(z.string()).min(1), z.string().transform((key) => [key])]).optional(),
  /** Each 32 bytes, base64url: wrap data keys, the first anew, the others what is still under them. The master key when absent. */
  wrapping: z.array(z.string()).min(1).optional(),
  /** What else the service signs with, by use. */
  others: z.record(z.string(), signingEntries).default({}),
});

/** What a key file holds, ready for use. */
export interface OwnKeys {
  readonly seal: KeyWithId;
  readonly agree: ReadonlyMap<string, KeyObject>;
  readonly signing: ReadonlyMap<string, readonly [SigningKey, ...SigningKey[]]>;
  /** Empty where the service derives none. */
  readonly master: readonly Buffer[];
  /** Empty where the service keeps no patient's data. */
  readonly wrapping: readonly Buffer[];
}

/**
 * Reads the text of a key file, as it is once it is opened.
 *
 * @param token opens the PKCS#11 token; called only when the file points into one.
 * @throws RangeError, ZodError, Pkcs11Error when the keys can't be used.
 */
export function readKeyFile(text: string, token: () => Pkcs11Token): OwnKeys {
  const { seal, agree, token: minting, master = [], wrapping = master, others } = keyFileSchema.parse(JSON.parse(text));
  const keyOf = (entry: z.output<typeof signingEntry>): SigningKey =>
    isTokenKey(entry) ? token().signingKey(entry.pkcs11, entry.kid) : jwkSigningKey(entry as JsonWebKey);
  const uses = Object.entries({ ...others, ...(minting === undefined ? {} : { token: minting }) });
  return {
    seal: { kid: seal.kid, key: privateKey(seal) },
    agree: new Map(agree.map((jwk) => [jwk.kid, privateKey(jwk)])),
    signing: new Map(uses.map(([use, entries]) => [use as SigningUse, entries.map(keyOf) as [SigningKey]])),
    master: master.map(bytesOf),
    wrapping: wrapping.map(bytesOf),
  };
}

const bytesOf = (key: string): Buffer => Buffer.from(key, 'base64url');

const isTokenKey = (entry: z.output<typeof signingEntry>): entry is z.output<typeof tokenKey> => 'pkcs11' in entry;

const privateKey = (jwk: JsonWebKey): KeyObject => createPrivateKey({ key: jwk, format: 'jwk' });
