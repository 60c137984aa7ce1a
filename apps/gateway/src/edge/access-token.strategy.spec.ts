// ATTACKS A11, A12: what passport-jwt lets through. The whole door against forged tokens: test/attacks/tokens.spec.ts.
import { checkTokenLife, tokenOf } from './access-token.strategy.js';

const nowS = 1_790_000_000;

describe(checkTokenLife.name, () => {
  it.each([
    ['now, for as long as a token may live', nowS, nowS + 300],
    ['by a clock that is five seconds ahead', nowS + 5, nowS + 300],
  ])('takes one issued %s', (_name, iat, exp) => {
    expect(() => checkTokenLife({ iat, exp }, nowS * 1000)).not.toThrow();
  });

  it.each([
    ['A11 one from the future', nowS + 6, nowS + 300, 'token-not-yet-valid'],
    ['A12 one that lives a second too long', nowS, nowS + 301, 'token-lifetime-too-long'],
  ])('refuses %s', (_name, iat, exp, code) => {
    expect(() => checkTokenLife({ iat, exp }, nowS * 1000)).toThrow(code);
  });
});

describe(tokenOf.name, () => {
  it.each(['Basic x', 'Bearer', 'Bearer a b', 'Bearer x,y', `DPoP ${'x'.repeat(8 * 1024 + 1)}`])(
    'reads no token in %.20s',
    (text) => {
      expect(tokenOf(text)).toBeUndefined();
    },
  );
});
