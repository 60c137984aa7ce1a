// RFC 7515 compact serialisation with ES256 (RFC 7518, section 3.4), and no other algorithm.
import { type KeyObject, hash } from 'node:crypto';

import { inLowerHalf, signEs256, verifyEs256 } from './es256.js';
import { Remembered } from './remembered.js';

/** The two objects of a JWS, read and not yet believed. */
export interface UnverifiedJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

export const JWS_ALGORITHM = 'ES256';

/** 64 bytes as base64url: one text for one signature, so that a message can't be changed and stay valid. */
const SIGNATURE = /^[A-Za-z0-9_-]{85}[AQgw]$/;

/**
 * Signs a payload.
 *
 * Synchronous on `node:crypto`: a signature is 20 to 30 µs of work, and a promise through WebCrypto's threads costs more than
 * that (docs/adr/0017).
 */
export function signJws(type: string, payload: object, kid: string, key: KeyObject): string {
  const input = `${protectedHeader(type, kid)}.${encode(payload)}`;
  return `${input}.${signEs256(Buffer.from(input), key).toString('base64url')}`;
}

/** Whoever signs under a key id: a device, which takes its time, or a key in memory, which does not. */
export interface JwsSigner {
  readonly kid: string;
  /** R and S of ECDSA on P-256, 64 bytes, over exactly these bytes. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** As `signJws`, by a signer that need not have the key in this process. */
export async function signJwsBy(type: string, payload: object, signer: JwsSigner): Promise<string> {
  const input = `${protectedHeader(type, signer.kid)}.${encode(payload)}`;
  return `${input}.${inLowerHalf(await signer.sign(Buffer.from(input))).toString('base64url')}`;
}

/** Takes a JWS apart. @returns `undefined` for what has not the form of one. */
export function readJws(jws: string): UnverifiedJws | undefined {
  const [header, payload, signature, ...rest] = jws.split('.');
  if (!header || !payload || !signature || rest.length > 0) return undefined;
  const opened = { header: readHeader(header), payload: decode(payload) };
  return opened.header && opened.payload ? (opened as UnverifiedJws) : undefined;
}

/** Whether the signature is the key's. The caller has looked at `alg` and found the key by `kid` among those it trusts. */
export function verifyJws(jws: string, key: KeyObject): boolean {
  const cut = jws.lastIndexOf('.');
  const signature = jws.slice(cut + 1);
  if (!SIGNATURE.test(signature)) return false;
  return verifyEs256(Buffer.from(jws.slice(0, cut)), key, Buffer.from(signature, 'base64url'));
}

/**
 * Whether header and payload are written as `signJws` writes them: above all no member twice, of which one parser takes the first and
 * another the last (RFC 7515, section 4; RFC 7519, section 4).
 */
export const isWrittenOnce = (jws: string, { header, payload }: UnverifiedJws): boolean =>
  jws.startsWith(`${encode(header)}.${encode(payload)}.`);

/** The base64url SHA-256 of a text; how a token names a query and a seal names a token. */
export const digestOf = (text: string | Uint8Array): string => hash('sha256', text, 'base64url');

/** A service meets few headers: a type and a key id each, of which a new one comes once a day. */
const KEPT_HEADERS = 64;
const MAX_KEPT_CHARACTERS = 256;
const written = new Remembered<string>(KEPT_HEADERS);
const read = new Remembered<Readonly<Record<string, unknown>>>(KEPT_HEADERS);

function protectedHeader(type: string, kid: string): string {
  const id = `${type} ${kid}`;
  return written.find(id) ?? written.keep(id, encode({ alg: JWS_ALGORITHM, typ: type, kid }));
}

function readHeader(header: string): Readonly<Record<string, unknown>> | undefined {
  const known = read.find(header);
  if (known !== undefined) return known;
  const decoded = decode(header);
  if (decoded === undefined || header.length > MAX_KEPT_CHARACTERS) return decoded;
  return read.keep(header, Object.freeze(decoded));
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // What is not JSON is not a JWS; the parser's error would quote it.
    return undefined;
  }
}
