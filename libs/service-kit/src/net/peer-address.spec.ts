import { peerAddress } from './peer-address.js';

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
