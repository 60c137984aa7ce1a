import { checkPolicy } from './handler-policy.js';
import { tokenVerifier } from './token-verifier.js';
import { mintTransactionToken } from './transaction-token.js';
import { generateKeyPairSync } from 'node:crypto';

describe('checkPolicy', () => {
  const policy = { purposes: ['TREAT', 'ETREAT'], scopes: ['hie.query'] } as const;

  it('lets through a purpose and a scope that the handler serves', () => {
    expect(() => checkPolicy(policy, { purpose: 'ETREAT', scopes: ['hie.feed', 'hie.query'] })).not.toThrow();
  });

  it.each([
    ['an undeclared handler', undefined, 'TREAT', ['hie.query'], 'handler-undeclared'],
    ['another purpose', policy, 'HPAYMT', ['hie.query'], 'purpose-not-served'],
    ['a child of a served purpose', policy, 'BTG', ['hie.query'], 'purpose-not-served'],
    ['another scope', policy, 'TREAT', ['hie.feed'], 'scope-missing'],
  ] as const)('refuses %s', (_name, declared, purpose, scopes, code) => {
    expect(() => checkPolicy(declared, { purpose, scopes })).toThrow(code);
  });
});

describe('tokenVerifier', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const nowS = 1_790_000_000;
  const claims = {
    iss: 'i',
    aud: 'a',
    iat: nowS,
    nbf: nowS,
    exp: nowS + 60,
    jti: 'j',
    txn: 't',
    sub: 's',
    req_wl: ['gateway'],
    scope: 'hie.query',
    tctx: { purp: 'TREAT', qh: 'q', org: 'm', res: [], deadline: nowS * 1000 },
    rctx: {},
  } as const;
  const setup = () => {
    const state = { now: nowS * 1000, keys: new Map([['k', publicKey]]), reads: 0 };
    const { verify, minted } = tokenVerifier({
      issuer: 'i',
      audience: 'a',
      keys: () => {
        state.reads += 1;
        return state.keys;
      },
      now: () => state.now,
      capacity: 2,
      maxAgeMs: 10_000,
    });
    return { state, verify, minted };
  };

  it('verifies a token once within its time', () => {
    const { state, verify } = setup();
    const token = mintTransactionToken(claims, 'k', privateKey);
    verify(token);
    verify(token);
    expect(state.reads).toBe(1);
  });

  it('knows a token that was minted beside it, to its end and no other', () => {
    const { state, verify, minted } = setup();
    const token = mintTransactionToken(claims, 'k', privateKey);
    minted(token, claims);
    expect(verify(token)).toBe(claims);
    expect(state.reads).toBe(0);
    expect(() => verify(`${token.slice(0, -4)}AAAA`)).toThrow('token-signature-invalid');
    state.now = claims.exp * 1000;
    expect(() => verify(token)).toThrow('token-expired');
  });

  it('stops believing a kept token when its key is withdrawn', () => {
    const { state, verify } = setup();
    const token = mintTransactionToken(claims, 'k', privateKey);
    verify(token);
    state.keys = new Map();
    state.now += 10_001;
    expect(() => verify(token)).toThrow('token-key-unknown');
  });

  it('refuses a kept token from its end on', () => {
    const { state, verify } = setup();
    const token = mintTransactionToken(claims, 'k', privateKey);
    verify(token);
    state.now = claims.exp * 1000;
    expect(() => verify(token)).toThrow('token-expired');
  });
});
