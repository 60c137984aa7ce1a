// CKA_EC_PARAMS and CKA_EC_POINT: PKCS#11 3.0, section 2.3 (DER of ANSI X9.62; RFC 8410 for the Edwards curves).
import { type KeyObject, createPublicKey } from 'node:crypto';

import { Pkcs11Error } from './pkcs11-error.js';

interface Curve {
  readonly crv: 'Ed25519' | 'P-256' | 'P-384';
  /** DER of the curve's name, as a token may say it. */
  readonly params: readonly string[];
  readonly pointBytes: number;
}

const curves: readonly Curve[] = [
  // A printable string, as 3.0 has it, or the OID of RFC 8410.
  { crv: 'Ed25519', params: ['130c656477617264733235353139', '06032b6570'], pointBytes: 32 },
  { crv: 'P-256', params: ['06082a8648ce3d030107'], pointBytes: 65 },
  { crv: 'P-384', params: ['06052b81040022'], pointBytes: 97 },
];

/** What a token is told when it shall make a key on a curve. */
export const paramsOf = (crv: Curve['crv']): Buffer =>
  Buffer.from(curves.find((curve) => curve.crv === crv)?.params[0] ?? '', 'hex');

const OCTET_STRING = 0x04;

/**
 * A public key from its two attributes.
 *
 * The point is a DER octet string by the standard; some tokens leave the string's own two bytes away.
 *
 * @throws Pkcs11Error `key-unsupported`
 */
export function ecPublicKey(params: Buffer, point: Buffer): { readonly crv: Curve['crv']; readonly key: KeyObject } {
  const hex = params.toString('hex');
  const curve = curves.find((each) => each.params.includes(hex));
  if (curve === undefined) throw new Pkcs11Error('key-unsupported');
  const { crv, pointBytes } = curve;
  const isWrapped = point.length === pointBytes + 2 && point[0] === OCTET_STRING && point[1] === pointBytes;
  const bytes = isWrapped ? point.subarray(2) : point;
  if (bytes.length !== pointBytes) throw new Pkcs11Error('key-unsupported');
  const text = (from: number, to: number) => bytes.subarray(from, to).toString('base64url');
  const half = 1 + (pointBytes - 1) / 2;
  const jwk =
    crv === 'Ed25519'
      ? { kty: 'OKP', crv, x: text(0, pointBytes) }
      : { kty: 'EC', crv, x: text(1, half), y: text(half, pointBytes) };
  try {
    return { crv, key: createPublicKey({ format: 'jwk', key: jwk }) };
  } catch (cause) {
    throw new Pkcs11Error('key-unsupported', undefined, { cause });
  }
}
