import { generateKeyPairSync, randomUUID } from 'node:crypto';

import type { SealKeys } from '@hie/purpose-of-use';

import { type LedgerEntry, bindingOf, detailsDigestOf, vouchFor, voucherOf } from './index.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys: SealKeys = new Map([
  ['consent-1', { service: 'consent', key: publicKey }],
  ['gateway-1', { service: 'gateway', key: other.publicKey }],
]);
const SALT = 'AAAAAAAAAAAAAAAAAAAAAA';
const personId = randomUUID();
const told = {
  ...{ eventId: randomUUID(), txn: randomUUID(), service: 'consent', action: 'disclosure.decided', outcome: 'success' },
  ...{ reason: 'default.treatment', purpose: 'ETREAT', requester: { memberId: 'mercy', clientId: 'mercy-emr' } },
  ...{ digest: 'd', seals: ['s1', 's2'], at: '2026-01-02T03:04:05.000Z' },
};
const details = { consentVersion: 'Consent/7/_history/2', members: ['harbor'] };
const binding = bindingOf(SALT, personId);
const detailsDigest = detailsDigestOf(binding, details);
const signature = vouchFor(told, detailsDigest, 'consent-1', privateKey);
const entry: LedgerEntry = { ...told, details, binding, sealedBy: 'consent', patient: 'k', detailsDigest, signature };
const { details: _read, binding: _bound, ...head } = entry;

it('is the word of the service that told it, whole, and by its head where the details are gone with the patient’s key', () => {
  expect(voucherOf(entry, keys)).toBe('consent');
  expect(voucherOf(head, keys)).toBe('consent');
});

it.each<[string, Partial<LedgerEntry>]>([
  ['another event', { eventId: randomUUID() }],
  ['another transaction', { txn: randomUUID() }],
  ['no transaction', { txn: undefined }],
  ['another service', { service: 'gateway' }],
  ['another action', { action: 'disclosure.denied' }],
  ['another outcome', { outcome: 'denied' }],
  ['another reason', { reason: 'opt-out' }],
  ['another purpose', { purpose: 'TREAT' }],
  ['another requester', { requester: { memberId: 'mercy', clientId: 'mercy-lab' } }],
  ['another disclosure', { digest: 'e' }],
  ['a hop less', { seals: ['s1'] }],
  ['another time', { at: '2026-01-02T03:04:06.000Z' }],
  ['other details', { details: { ...details, members: ['eastend'] } }],
  ['details that nothing binds', { binding: undefined }],
  ['another person', { binding: bindingOf(SALT, randomUUID()) }],
  ['nobody', { binding: bindingOf(SALT, undefined) }],
  ['another salt', { binding: bindingOf('BBBBBBBBBBBBBBBBBBBBBB', personId) }],
  ['another digest of the details', { detailsDigest: detailsDigestOf(binding, {}) }],
  ['no digest of the details', { detailsDigest: undefined }],
  ['no signature', { signature: undefined }],
  ['another’s signature under this name', { signature: vouchFor(told, detailsDigest, 'consent-1', other.privateKey) }],
])('is nobody’s with %s', (_name, changed) => {
  expect(voucherOf({ ...entry, ...changed }, keys)).toBeUndefined();
});

it('is another’s under that one’s key, whomever it names', () => {
  expect(voucherOf({ ...entry, signature: vouchFor(told, detailsDigest, 'gateway-1', other.privateKey) }, keys)).toBe(
    'gateway',
  );
});

it('does not tell whom it is about: the same person under another salt is another digest', () => {
  expect(bindingOf('BBBBBBBBBBBBBBBBBBBBBB', personId).person).not.toBe(binding.person);
});
