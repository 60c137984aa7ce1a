import { peerAddress, peerOf } from './peer-address.js';

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['', undefined],
  ['unknown', undefined],
  [undefined, undefined],
])('a peer of %s is at %s', (remoteAddress, address) => {
  expect(peerAddress({ remoteAddress })).toBe(address);
});

it('an entry of the ledger has the address of a peer, and none where there is none', () => {
  expect(peerOf({ remoteAddress: '::ffff:203.0.113.9' })).toEqual({ address: '203.0.113.9' });
  expect(peerOf({ remoteAddress: '' })).toEqual({});
});
