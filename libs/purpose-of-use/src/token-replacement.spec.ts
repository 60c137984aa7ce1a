// ATTACKS A28, A29 as laws: whatever a chain of services asks for, a replacement never says more than the token before it.
import fc from 'fast-check';

import { TrustError } from './errors.js';
import { type Narrowing, isSubset, replacementClaims, scopesOf } from './token-replacement.js';
import type { TransactionClaims } from './transaction-token.js';

const nowS = 1_790_000_000;
const scopes = ['hie.match', 'hie.retrieve', 'hie.feed', 'hie.admin'];
const kinds = ['AllergyIntolerance', 'Condition', 'MedicationRequest'];

const first: TransactionClaims = {
  iss: 'gateway',
  aud: 'hie.example',
  iat: nowS,
  nbf: nowS,
  exp: nowS + 60,
  jti: 'j-0',
  txn: 'txn-1',
  sub: 'mercy-emr',
  req_wl: ['gateway'],
  scope: 'hie.match hie.retrieve',
  tctx: { purp: 'TREAT', qh: 'q', org: 'mercy', res: kinds.slice(0, 2), deadline: nowS * 1000 + 5_000 },
  rctx: { req_ip: '203.0.113.1' },
};

const narrowing: fc.Arbitrary<Narrowing> = fc.record(
  {
    scope: fc.subarray(scopes).map((each) => each.join(' ')),
    res: fc.subarray(kinds),
    deadline: fc.integer({ min: nowS * 1000 - 10_000, max: nowS * 1000 + 10_000 }),
  },
  { requiredKeys: [] },
);

/** What cannot be replaced, whoever asks. */
const fixed = ({ iss, aud, txn, sub, rctx, tctx: { purp, qh, org } }: TransactionClaims) => ({
  ...{ iss, aud, txn, sub, rctx },
  ...{ purp, qh, org },
});

function replaced(current: TransactionClaims, asked: Narrowing, atS: number): TransactionClaims | string {
  try {
    return replacementClaims(current, asked, { jti: `j-${atS}`, nowS: atS, lifetimeS: 30, workload: 'consent' });
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
}

describe('a chain of replacements', () => {
  it('A29: keeps who, why and what about, and never widens what may be done', () => {
    fc.assert(
      fc.property(fc.array(narrowing, { maxLength: 5 }), (chain) => {
        let current = first;
        for (const asked of chain) {
          const next = replaced(current, asked, nowS + 1);
          if (typeof next === 'string') {
            expect(next).toBe('token-replacement-widens');
            continue;
          }
          expect(fixed(next)).toEqual(fixed(first));
          expect(isSubset(scopesOf(next.scope), scopesOf(current.scope))).toBe(true);
          expect(isSubset(next.tctx.res, current.tctx.res)).toBe(true);
          expect(next.tctx.deadline).toBeLessThanOrEqual(current.tctx.deadline);
          expect(next.req_wl).toEqual([...current.req_wl, 'consent']);
          current = next;
        }
      }),
    );
  });

  it('A29: refuses whatever asks for more, and nothing else', () => {
    fc.assert(
      fc.property(narrowing, (asked) => {
        const widens =
          !isSubset(scopesOf(asked.scope ?? ''), scopesOf(first.scope)) ||
          !isSubset(asked.res ?? [], first.tctx.res) ||
          (asked.deadline ?? 0) > first.tctx.deadline;
        expect(typeof replaced(first, asked, nowS) === 'string').toBe(widens);
      }),
    );
  });

  it.each([
    ['before its end', 59, 'object'],
    ['A28: at its end', 60, 'string'],
    ['A28: after its end', 61, 'string'],
  ])('is possible %s: %i s', (_name, after, outcome) => {
    expect(typeof replaced(first, {}, nowS + after)).toBe(outcome);
  });
});
