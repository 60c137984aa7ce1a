import { OPERATOR } from '@hie/contracts';
import { PERSON_ACR, type TransactionClaims } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';

import { stewardIn } from './acting-person.js';

const claims = (org: string, user: string | undefined, acr: string | undefined): TransactionClaims =>
  ({ sub: 'hie-cli', tctx: { org, user }, rctx: { acr } }) as TransactionClaims;

function steward(of: TransactionClaims): string {
  try {
    return stewardIn(of).name;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

it('a steward is who signed in for the operator', () => {
  expect(steward(claims(OPERATOR, ' ada ', PERSON_ACR))).toBe('ada');
});

it.each<[string, TransactionClaims, string]>([
  ['whom the operator’s own system names', claims(OPERATOR, 'ada', undefined), 'acting-person-missing'],
  ['whom a system names that claims another class', claims(OPERATOR, 'ada', 'urn:hie:aal1'), 'acting-person-missing'],
  ['a sign-in without a name', claims(OPERATOR, ' ', PERSON_ACR), 'acting-person-missing'],
  ['who signed in for a member', claims('lakeside', 'ada', PERSON_ACR), 'steward-only'],
])('nobody is %s', (_who, of, code) => {
  expect(steward(of)).toBe(code);
});
