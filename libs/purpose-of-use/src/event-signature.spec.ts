import { generateKeyPairSync } from 'node:crypto';

import { signEvent, signerOf } from './event-signature.js';
import { type SealKeys, signSeal } from './hop-seal.js';

const [own, other] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const AT = Date.parse('2026-01-02T03:04:05Z');
const keys: SealKeys = new Map([
  ['consent-1', { service: 'consent', key: own!.publicKey, untilMs: AT }],
  ['gateway-1', { service: 'gateway', key: other!.publicKey }],
]);
const signature = signEvent('digest', 'consent-1', own!.privateKey);
const [header = '', , signed = ''] = signature.split('.');

it('says whose word an event is, from its digest', () => {
  expect(signature).toMatch(/^[\w-]+\.\.[\w-]{86}$/);
  expect(signerOf(signature, 'digest', AT, keys)).toBe('consent');
});

it.each<[string, string, string, number]>([
  ['another event', signature, 'other', AT],
  ['one of after the key’s end', signature, 'digest', AT + 1],
  ['another’s key under this name', signEvent('digest', 'consent-1', other!.privateKey), 'digest', AT],
  ['a key that nobody knows', signEvent('digest', 'consent-2', own!.privateKey), 'digest', AT],
  ['a payload of its own', `${header}.e30.${signed}`, 'digest', AT],
  ['a fourth part', `${signature}.`, 'digest', AT],
  ['no signature', `${header}..`, 'digest', AT],
  ['no header', `..${signed}`, 'digest', AT],
  ['nothing', '', 'digest', AT],
  ['a text without an end', `${header}..${signed.repeat(10)}`, 'digest', AT],
])('is nobody’s for %s', (_name, given, digest, at) => {
  expect(signerOf(given, digest, at, keys)).toBeUndefined();
});

it('takes no seal of a message for the word on an event', () => {
  const seal = signSeal({ d: 'digest' } as never, 'consent-1', own!.privateKey);
  const [sealHeader, , sealed] = seal.split('.');
  expect(signerOf(`${sealHeader}..${sealed}`, 'digest', AT, keys)).toBeUndefined();
});
