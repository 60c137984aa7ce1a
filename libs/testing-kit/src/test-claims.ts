import { randomUUID } from 'node:crypto';

import { type TransactionClaims, digestOf } from '@hie/purpose-of-use';

export const TEST_ISSUER = 'https://gateway.test';
export const TEST_AUDIENCE = 'test.example';

/** Claims of a transaction that begins now, about a query text. */
export function testClaims(query: string, over: Partial<TransactionClaims> = {}): TransactionClaims {
  const nowS = Math.floor(Date.now() / 1000);
  return {
    iss: TEST_ISSUER,
    aud: TEST_AUDIENCE,
    iat: nowS,
    nbf: nowS,
    exp: nowS + 60,
    jti: randomUUID(),
    txn: randomUUID(),
    sub: 'mercy-emr',
    req_wl: ['gateway'],
    scope: 'hie.match hie.retrieve',
    tctx: {
      purp: 'ETREAT',
      qh: digestOf(query),
      org: 'mercy',
      res: ['AllergyIntolerance'],
      deadline: Date.now() + 5_000,
    },
    rctx: {},
    ...over,
  };
}
