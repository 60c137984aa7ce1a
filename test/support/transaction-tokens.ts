import {
  type JsonWebKey,
  type KeyObject,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
} from 'node:crypto';

import { stolenKeysIn } from '@hie/local-exchange';
import { type TransactionClaims, digestOf } from '@hie/purpose-of-use';

import { type JwtParts, jwt } from './forger.js';
import type { SharedExchange } from './shared-exchange.js';

/** Makes a token out of claims that every hop takes. */
export type MakeToken = (sound: TransactionClaims) => string;

/** Claims of a transaction token that every hop takes, but for what is changed. */
export function transactionClaims(
  { description: { gateway } }: Pick<SharedExchange, 'description'>,
  query: string,
  over: Partial<TransactionClaims> = {},
): TransactionClaims {
  const nowS = Math.floor(Date.now() / 1000);
  return {
    iss: gateway.url,
    aud: 'hie.example',
    iat: nowS,
    nbf: nowS,
    exp: nowS + 60,
    jti: randomUUID(),
    txn: randomUUID(),
    sub: 'mercy-general-emr',
    req_wl: ['gateway'],
    scope: 'hie.match hie.retrieve',
    tctx: {
      purp: 'ETREAT',
      qh: digestOf(query),
      org: 'mercy-general',
      res: ['AllergyIntolerance'],
      deadline: Date.now() + 5_000,
    },
    rctx: {},
    ...over,
  };
}

/** The private key that the gateway signs transaction tokens with, as it stands in a folder of keys now. */
export function tokenKeyIn(trust: string): { readonly kid: string; readonly key: KeyObject } {
  const { token } = stolenKeysIn(trust, 'gateway') as {
    readonly token: JsonWebKey & { readonly kid: string };
  };
  return { kid: token.kid, key: createPrivateKey({ key: token, format: 'jwk' }) };
}

export const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Half the order of P-256. */
const HALF = Buffer.from('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8', 'hex');

/** The same by ES256 as hops take it: of the two signatures that every message has, the one with the lower S. */
function jwtWithLowerS(parts: JwtParts, key: KeyObject): string {
  for (;;) {
    const token = jwt(parts, key);
    const signature = Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url');
    if (signature.subarray(32).compare(HALF) <= 0) return token;
  }
}

/** Makes transaction tokens that the gateway would not: with its own key, and with one of nobody's. */
export class TransactionTokenForger {
  private readonly stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(private readonly gateway: ReturnType<typeof tokenKeyIn>) {}

  get strangerJwk(): JsonWebKey {
    return this.stranger.publicKey.export({ format: 'jwk' });
  }

  header(over: object = {}): object {
    return { alg: 'ES256', typ: 'txntoken+jwt', kid: this.gateway.kid, ...over };
  }

  /** By the gateway's own key. */
  issued(sound: TransactionClaims, over: object = {}, headerOver: object = {}): string {
    return this.signed({ header: this.header(headerOver), payload: { ...sound, ...over } });
  }

  /** By the gateway's own key: header or payload may be a text that no library would write. */
  signed(parts: JwtParts): string {
    return jwtWithLowerS(parts, this.gateway.key);
  }

  /** By a key of nobody's. */
  forged(sound: TransactionClaims, headerOver: object = {}): string {
    return jwtWithLowerS({ header: this.header(headerOver), payload: sound }, this.stranger.privateKey);
  }

  /** By an HMAC whose secret is the gateway's public key. */
  hs256(sound: TransactionClaims): string {
    const secret = createPublicKey(this.gateway.key).export({ type: 'spki', format: 'pem' });
    const input = `${encoded(this.header({ alg: 'HS256' }))}.${encoded(sound)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }
}
