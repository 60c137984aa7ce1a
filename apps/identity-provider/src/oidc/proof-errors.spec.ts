import { createHash } from 'node:crypto';

import { isProofOf, missesProof } from './proof-errors.js';

const proof = `e30.${Buffer.from(JSON.stringify({ jti: 'p1' })).toString('base64url')}.x`;
const idOf = (jti: string) => createHash('sha256').update(`emr${jti}`).digest('base64url');
const ctx = (header: string, client: object | undefined = { clientId: 'emr', dpopBoundAccessTokens: true }) =>
  ({ get: () => header, oidc: { client } }) as never;

describe('isProofOf', () => {
  it('tells the proof’s entry from the assertion’s', () => {
    expect(isProofOf(ctx(proof), idOf('p1'))).toBe(true);
    expect(isProofOf(ctx(proof), idOf('a1'))).toBe(false);
  });

  it.each([
    ['no proof', ctx('')],
    ['what is no proof', ctx('x')],
    ['no client', { get: () => proof, oidc: {} } as never],
    ['no request', undefined],
  ])('is not with %s', (_name, given) => {
    expect(isProofOf(given, idOf('p1'))).toBe(false);
  });
});

describe('missesProof', () => {
  it('is where a client that must bring a proof brought none', () => {
    expect(missesProof(ctx(''), 'invalid_grant')).toBe(true);
  });

  it.each([
    ['with a proof', ctx(proof), 'invalid_grant'],
    ['of a client whose certificate is the proof', ctx('', { clientId: 'emr' }), 'invalid_grant'],
    ['for another reason', ctx(''), 'invalid_client'],
    ['of nobody', { get: () => '', oidc: {} } as never, 'invalid_grant'],
  ])('is not %s', (_name, given, error) => {
    expect(missesProof(given, error)).toBe(false);
  });
});
