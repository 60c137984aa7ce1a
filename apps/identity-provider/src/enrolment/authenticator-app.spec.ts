import { generate } from 'otplib';

import { appUri, checkAppCode, inGroups, newAppSecret } from './authenticator-app.js';

// RFC 6238, appendix B: the SHA-1 secret "12345678901234567890", its code at 59 s shortened to six digits.
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = (seconds: number) => new Date(seconds * 1000);

describe('checkAppCode', () => {
  it('takes the code of the specification’s first vector, and says its step', async () => {
    expect(await checkAppCode(secret, '287082', undefined, at(59))).toBe(1);
    expect(await checkAppCode(secret, '287 082', undefined, at(59))).toBe(1);
  });

  it.each([
    ['a wrong code', '287083', undefined, 59],
    ['a code two steps old', '287082', undefined, 121],
    ['one that was taken already', '287082', 1, 59],
    ['one before the last taken', '287082', 2, 59],
    ['an empty one', '', undefined, 59],
    ['letters', 'abcdef', undefined, 59],
    ['too many digits', '2870821', undefined, 59],
  ] as const)('refuses %s', async (_name, typed, last, seconds) => {
    expect(await checkAppCode(secret, typed, last, at(seconds))).toBeUndefined();
  });

  it('takes a clock half a minute off', async () => {
    expect(await checkAppCode(secret, '287082', undefined, at(59 + 30))).toBe(1);
    expect(await checkAppCode(secret, '287082', 0, at(59 - 30))).toBe(1);
  });
});

it('a new secret works with its own app, and is told in groups', async () => {
  const fresh = newAppSecret();
  const epoch = 1_800_000_000;
  expect(await checkAppCode(fresh, await generate({ secret: fresh, epoch }), undefined, at(epoch))).toBe(60_000_000);
  expect(inGroups('ABCDEFGHIJ')).toBe('ABCD EFGH IJ');
  expect(appUri(fresh, 'vera@example.org')).toContain(`secret=${fresh}`);
});
