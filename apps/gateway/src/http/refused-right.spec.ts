import { readFileSync } from 'node:fs';

import { TrustError } from '@hie/purpose-of-use';

import { MemberSuspended } from '../edge/check-member.js';
import { OwnerProblem } from '../forward/owner-problem.js';
import { OutcomeError } from './outcome-error.js';
import { ownersRefusalsOfRight, refusedRight } from './refused-right.js';

const page = readFileSync(new URL('../../../../docs/refusals.md', import.meta.url), 'utf8');
const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code = '']) => code);

describe('refusedRight', () => {
  it.each<[string, unknown, string, string | undefined]>([
    ['a token that is no good', new TrustError('token-expired', 'shape'), 'not-authenticated', 'token-expired'],
    ['a member that takes no part', new MemberSuspended(), 'member-suspended', 'member-suspended'],
    [
      'a scope that was not granted',
      new OutcomeError('insufficient-scope'),
      'insufficient-scope',
      'insufficient-scope',
    ],
    [
      'another’s query',
      new OutcomeError('query-not-found', {}, 'query-of-another'),
      'query-not-found',
      'query-of-another',
    ],
    ['nobody’s query', new OutcomeError('query-not-found'), 'query-not-found', undefined],
    ['a mistake of form', new OutcomeError('invalid-parameter'), 'invalid-parameter', undefined],
    ['what an owner refuses of a right', new OwnerProblem(403, 'own-access', {}), 'own-access', 'own-access'],
    [
      'the same under a code of FHIR',
      new OwnerProblem(404, 'consent-of-another', {}),
      'unknown-interaction',
      'consent-of-another',
    ],
    [
      'another’s, told as not there',
      new OwnerProblem(404, 'person-unknown', {}, 'person-of-another'),
      'person-unknown',
      'person-of-another',
    ],
    [
      'what no owner says was tried',
      new OwnerProblem(404, 'person-unknown', {}, 'a-new-word'),
      'person-unknown',
      undefined,
    ],
    ['what an owner does not have', new OwnerProblem(404, 'person-unknown', {}), 'person-unknown', undefined],
    [
      'what the owner told the ledger',
      new OwnerProblem(403, 'purpose-not-served', {}),
      'insufficient-scope',
      undefined,
    ],
    ['a defect', new Error('broken'), 'internal-error', undefined],
  ])('%s', (_name, error, code, reason) => {
    expect(refusedRight(error, code)).toBe(reason);
  });
});

describe('the owners’ refusals of a right', () => {
  it('are those that docs/refusals.md names', () => {
    const [, list = ''] = /Of owners’ refusals the gateway tells the ledger ([^.]+)\./.exec(page) ?? [];
    expect(codesIn(list)).toEqual([...ownersRefusalsOfRight]);
  });

  it('are none that an owner tells the ledger itself', () => {
    const [, trust = ''] = /^## Tokens, seals and purposes\n([\s\S]*?)^## /m.exec(page) ?? [];
    const codes = codesIn(trust);
    expect(codes).toContain('purpose-not-served');
    expect(ownersRefusalsOfRight.filter((code) => codes.includes(code))).toEqual([]);
  });
});
