import { createSecretKey, randomBytes } from 'node:crypto';

import { KeyAgreement, type WrappedKeys, openValue, sealValue } from '@hie/messaging';
import { mintTransactionToken, openSeal, peekSeal, signSeal, verifyTransactionToken } from '@hie/purpose-of-use';
import { TEST_AUDIENCE, TEST_ISSUER, testClaims } from '@hie/testing-kit';

import { type Figure, figure } from '../shared/figure.js';
import { interleaved, repeated } from '../shared/interleaved.js';
import { quantile } from '../shared/quantile.js';
import { type BareOperations, bareOperations } from './bare-operations.js';
import { SMALL_BYTES, arrived, ask, keys, verifierOf, writerOf } from './measured-message.js';

/** A part of a hop, and the operation of node:crypto that it comes down to. */
interface Part {
  readonly name: string;
  readonly bare: keyof BareOperations;
  readonly run: () => unknown;
}

/** Each part of a hop by itself beside its bare operation. They explain the figures of whole hops and have no targets of their own. */
export async function measureParts(rounds: number, runsARound: number): Promise<readonly Figure[]> {
  const { headers, ...rest } = arrived(await ask(writerOf('gateway'), 'small'));
  const operations = bareOperations({ ...rest, headers }, 'small');
  const parts = [...tokenParts(headers), ...sealParts(headers), ...keyParts(headers), ...bodyParts()];
  const bare = [...new Set(parts.map((part) => part.bare))].map((name) => repeated(name, operations[name]));
  const samples = await interleaved(
    [...parts.map(({ name, run }) => repeated(name, run)), ...bare],
    rounds,
    runsARound,
  );
  const median = (name: string): number => quantile(samples.get(name) ?? [], 0.5);
  return parts.map(({ name, bare: operation }) => {
    const [value, floor] = [median(name), median(operation)];
    return figure({ name, value, unit: 'µs', comparison: { name: operation, value: floor, ratio: value / floor } });
  });
}

type Headers = Readonly<Record<string, string>>;

function tokenParts(headers: Headers): readonly Part[] {
  const token = headers['hie-token'] ?? '';
  const claims = testClaims('');
  const tokenKeys = keys.keyringOf('patient-index').tokenKeys();
  const expected = { issuer: TEST_ISSUER, audience: TEST_AUDIENCE, keys: tokenKeys, nowMs: Date.now() };
  const { verify: remembered } = verifierOf('patient-index');
  const { kid, key } = keys.token;
  return [
    { name: 'token minted', bare: 'signToken', run: () => mintTransactionToken(claims, kid, key) },
    { name: 'token verified', bare: 'verifyToken', run: () => verifyTransactionToken(token, expected) },
    { name: 'token known, found again', bare: 'digestOfToken', run: () => remembered(token) },
  ];
}

function sealParts(headers: Headers): readonly Part[] {
  const seal = headers['hie-seals'] ?? '';
  const { header } = peekSeal(seal);
  const { kid, key } = keys.keyringOf('gateway').sealingKey();
  const sealKeys = keys.keyringOf('gateway').sealKeys();
  return [
    { name: 'seal made', bare: 'signSeal', run: () => signSeal(header, kid, key) },
    { name: 'seal verified', bare: 'verifySeal', run: () => openSeal(seal, sealKeys) },
  ];
}

function keyParts(headers: Headers): readonly Part[] {
  const wraps = JSON.parse(headers['hie-keys'] ?? '') as WrappedKeys;
  const readers = Object.keys(wraps.w);
  const gateway = new KeyAgreement('gateway', keys.keyringOf('gateway'));
  const reader = new KeyAgreement('patient-index', keys.keyringOf('patient-index'));
  const member = keys.keyringOf('patient-index').memberKey(testClaims('').tctx.org);
  const dataKey = reader.unwrap(wraps, member);
  return [
    {
      name: 'data key wrapped for its reader',
      bare: 'wrap',
      run: () => gateway.wrapFor(dataKey, readers, member),
    },
    { name: 'data key unwrapped', bare: 'unwrap', run: () => reader.unwrap(wraps, member) },
  ];
}

function bodyParts(): readonly Part[] {
  const [plain, associated] = [randomBytes(SMALL_BYTES), randomBytes(32)];
  const dataKey = createSecretKey(randomBytes(32));
  const value = sealValue(plain, dataKey, associated);
  return [
    { name: 'body of 4 KB encrypted', bare: 'encrypt', run: () => sealValue(plain, dataKey, associated) },
    { name: 'body of 4 KB decrypted', bare: 'decrypt', run: () => openValue(value, dataKey, associated) },
  ];
}
