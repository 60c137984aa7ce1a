// The example of the README is the code between the marks below, and is run.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  type HandlerPolicy,
  type TransactionClaims,
  TrustError,
  checkPolicy,
  digestOf,
  mintTransactionToken,
  parsePurpose,
  scopesOf,
  soleOf,
  verifyTransactionToken,
} from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const lines = (text: string): string[] =>
  text.split('\n').map((line) => line.trim().replace(/^thrown\(\(\) => (.*)\); \/\/ throws/, '$1; // throws'));
const codes: string[] = [];

/** Runs what the README says throws. */
function thrown(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    codes.push(error.code);
  }
}

it('runs the example of the README', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const nowMs = Date.parse('2026-03-01T08:00:00Z');
  const [issuer, audience] = ['https://gateway.example', 'hie.example'];
  const keys = new Map([['gateway-token-1', publicKey]]);
  const iat = nowMs / 1000;
  const claims: TransactionClaims = {
    iss: issuer,
    aud: audience,
    iat,
    nbf: iat,
    exp: iat + 60,
    jti: '1',
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    sub: 'mercy-general-emr',
    req_wl: ['gateway'],
    scope: 'hie.match hie.retrieve',
    tctx: { purp: 'ETREAT', qh: digestOf('{}'), org: 'mercy-general', res: [], deadline: nowMs + 5_000 },
    rctx: {},
  };
  // example
  parsePurpose('urn:oid:2.16.840.1.113883.5.8#ETREAT'); // 'ETREAT'
  parsePurpose('T-TRTMNT'); // 'TREAT': a TEFCA exchange purpose is decided under one of ours
  thrown(() => soleOf([])); // throws purpose-missing: there is no default

  const token = mintTransactionToken(claims, 'gateway-token-1', privateKey);
  const verified = verifyTransactionToken(token, { issuer, audience, keys, nowMs }); // throws TrustError

  const policy: HandlerPolicy = { purposes: ['TREAT', 'ETREAT'], scopes: ['hie.retrieve'] };
  checkPolicy(policy, { purpose: verified.tctx.purp, scopes: scopesOf(verified.scope) }); // throws what it does not serve
  thrown(() => checkPolicy(undefined, { purpose: 'TREAT', scopes: [] })); // throws handler-undeclared: silence serves nobody
  // end
  expect(parsePurpose('urn:oid:2.16.840.1.113883.5.8#ETREAT')).toBe('ETREAT');
  expect(parsePurpose('T-TRTMNT')).toBe('TREAT');
  expect(verified).toEqual(claims);
  expect(codes).toEqual(['purpose-missing', 'handler-undeclared']);
});

it('shows the code that is run', () => {
  const [, code = ''] = /\/\/ example\n([\s\S]*?)\n\s*\/\/ end/.exec(read('./readme.spec.ts')) ?? [];
  expect(code).not.toBe('');
  expect(lines(read('../README.md')).join('\n')).toContain(lines(code).join('\n'));
});
