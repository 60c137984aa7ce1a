import { X509Certificate } from 'node:crypto';

import { TestAuthority, type TestCertificate } from '@hie/testing-kit';
import { X509Crl } from '@peculiar/x509';

import { ChainRefused, type TrustAnchors, verifyChain } from './verify-chain.js';

const nowMs = Date.now();
const DAY_MS = 86_400_000;
const URI = 'https://emr.mercy.example';
const past = { from: new Date(nowMs - 3 * DAY_MS), until: new Date(nowMs - 2 * DAY_MS) };

const root = await TestAuthority.root('Community');
const middle = await root.below({ name: 'Community Intermediate' });
const stranger = await TestAuthority.root('Community');
const leaf = await root.issue({ name: 'emr', uris: [URI] });
const below = await middle.issue({ name: 'emr', uris: [URI, 'https://other.example'], alg: 'RS256' });

const der = (...chain: readonly Pick<TestCertificate, 'cert'>[]): string[] =>
  chain.map(({ cert }) => new X509Certificate(cert).raw.toString('base64'));
const trusting = async (
  revoked: readonly TestCertificate[] = [],
  lists: readonly TestAuthority[] = [root, middle],
): Promise<TrustAnchors> => ({
  anchors: [new X509Certificate(root.cert)],
  revocationLists: (await Promise.all(lists.map((each) => each.revocations(revoked)))).map((pem) => new X509Crl(pem)),
});

async function outcome(x5c: unknown, trust?: TrustAnchors): Promise<unknown> {
  try {
    return (await verifyChain(x5c, trust ?? (await trusting()), nowMs)).uris;
  } catch (error) {
    if (error instanceof ChainRefused) return error.code;
    throw error;
  }
}

describe('verifyChain', () => {
  it.each([
    ['by an anchor', der(leaf), [URI]],
    ['by an authority below it', der(below, middle), [URI, 'https://other.example']],
    ['with the anchor sent along', der(leaf, root), [URI]],
  ])('believes a leaf signed %s', async (_name, x5c, uris) => {
    expect(await outcome(x5c)).toEqual(uris);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['no chain', () => Promise.resolve(undefined), 'certificate-malformed'],
    ['an empty one', () => Promise.resolve([]), 'certificate-malformed'],
    ['what is no certificate', () => Promise.resolve(['AAAA']), 'certificate-malformed'],
    ['PEM', () => Promise.resolve([leaf.cert]), 'certificate-malformed'],
    ['a leaf without what is between', () => Promise.resolve(der(below)), 'chain-untrusted'],
    [
      'one by a stranger of the same name',
      async () => der(await stranger.issue({ name: 'emr', uris: [URI] }), stranger),
      'chain-untrusted',
    ],
    [
      'one that signed itself',
      async () => der(await TestAuthority.root('x', { isAuthority: false })),
      'chain-untrusted',
    ],
    [
      'one below a leaf, which may not sign',
      async () => {
        const posing = await root.below({ name: 'posing', isAuthority: false });
        return der(await posing.issue({ name: 'emr', uris: [URI] }), posing);
      },
      'chain-untrusted',
    ],
    [
      'one below a leaf whose key may sign others, though it is no authority',
      async () => {
        const posing = await root.below({ name: 'posing', isAuthority: false, maySign: true });
        return der(await posing.issue({ name: 'emr', uris: [URI] }), posing);
      },
      'chain-untrusted',
    ],
    [
      'one below more authorities than its anchor allows',
      async () => {
        const short = await root.below({ name: 'Short', pathLength: 0 });
        const under = await short.below({ name: 'Under' });
        return der(await under.issue({ name: 'emr', uris: [URI] }), under, short);
      },
      'chain-untrusted',
    ],
    [
      'one that an authority of that name, which follows it, has not signed',
      async () => {
        const namesake = await TestAuthority.root('Community Intermediate');
        return der(await namesake.issue({ name: 'emr', uris: [URI] }), middle);
      },
      'chain-untrusted',
    ],
    ['an authority as a leaf', () => Promise.resolve(der(middle)), 'certificate-not-for-this'],
    ['an expired leaf', async () => der(await root.issue({ name: 'emr', ...past })), 'certificate-expired'],
    [
      'one below an expired authority',
      async () => {
        const expired = await root.below({ name: 'Community Intermediate', ...past });
        return der(await expired.issue({ name: 'emr' }), expired);
      },
      'certificate-expired',
    ],
  ])('refuses %s', async (_name, make, code) => {
    expect(await outcome(await make())).toBe(code);
  });

  it('refuses a leaf or an authority that its issuer has withdrawn', async () => {
    expect(await outcome(der(leaf), await trusting([leaf]))).toBe('certificate-revoked');
    expect(await outcome(der(below, middle), await trusting([middle]))).toBe('certificate-revoked');
    expect(await outcome(der(leaf), await trusting([below]))).toEqual([URI]);
  });

  it('refuses where nobody says today who was withdrawn', async () => {
    expect(await outcome(der(leaf), await trusting([], []))).toBe('revocation-unknown');
    expect(await outcome(der(below, middle), await trusting([], [root]))).toBe('revocation-unknown');
    expect(await outcome(der(leaf), await trusting([], [stranger]))).toBe('revocation-unknown');
    const old = new X509Crl(await root.revocations([], past));
    expect(await outcome(der(leaf), { ...(await trusting()), revocationLists: [old] })).toBe('revocation-unknown');
  });
});
