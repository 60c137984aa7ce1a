import { X509Certificate, createPrivateKey, generateKeyPairSync } from 'node:crypto';

import { TestAuthority, type TestCertificate } from '@hie/testing-kit';
import { X509Crl } from '@peculiar/x509';
import { SignJWT } from 'jose';

import { RegistrationRefused, verifySoftwareStatement } from './software-statement.js';

const nowMs = Date.now();
const nowS = Math.floor(nowMs / 1000);
const URI = 'https://emr.mercy.example';
const audience = 'https://id.hie.example/register';

const root = await TestAuthority.root('Community');
const leaf = await root.issue({ name: 'emr', uris: [URI] });
const trust = {
  anchors: [new X509Certificate(root.cert)],
  revocationLists: [new X509Crl(await root.revocations([]))],
};

interface Wish {
  readonly claims?: object;
  readonly pair?: TestCertificate;
  readonly key?: Parameters<SignJWT['sign']>[0];
  readonly header?: object;
  readonly alg?: string;
}

function statement({ claims, pair = leaf, key, header, alg = 'ES256' }: Wish = {}): Promise<string> {
  const payload = {
    ...{ iss: URI, sub: URI, aud: audience, iat: nowS, exp: nowS + 300, jti: 'one' },
    ...{ client_name: 'Mercy EMR', contacts: ['mailto:it@mercy.example'], grant_types: ['client_credentials'] },
    ...{ token_endpoint_auth_method: 'private_key_jwt', scope: 'system/*.rs system/Patient.cu system/*.rs' },
    ...claims,
  };
  const x5c = [new X509Certificate(pair.cert).raw.toString('base64')];
  return new SignJWT(payload).setProtectedHeader({ alg, x5c, ...header }).sign(key ?? createPrivateKey(pair.key));
}

const read = async (text: unknown) => verifySoftwareStatement(text, { trust, audience, nowMs });

async function refusal(text: unknown): Promise<unknown> {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof RegistrationRefused) return [error.code, error.reason];
    throw error;
  }
  return 'accepted';
}

describe('verifySoftwareStatement', () => {
  it('reads what a system of the community says of itself', async () => {
    expect(await read(await statement())).toEqual({
      ...{ uri: URI, jti: 'one', clientName: 'Mercy EMR', contacts: ['mailto:it@mercy.example'] },
      ...{ grantTypes: ['client_credentials'], scopes: ['system/*.rs', 'system/Patient.cu'], boundBy: 'dpop' },
      expiresAt: new Date((nowS + 305) * 1000),
    });
  });

  it('reads one by an RSA key, one that cancels, and one whose tokens are to be bound to its certificate', async () => {
    const rsa = await root.issue({ name: 'emr', uris: [URI], alg: 'RS256' });
    const claims = { grant_types: [], tls_client_certificate_bound_access_tokens: true };
    expect(await read(await statement({ pair: rsa, alg: 'RS256', claims }))).toMatchObject({
      ...{ grantTypes: [], boundBy: 'certificate' },
    });
  });

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each<[string, () => Promise<unknown>, string, string]>([
    ['nothing', () => Promise.resolve(undefined), 'invalid_software_statement', 'malformed'],
    ['what is no JWT', () => Promise.resolve('x.y.z'), 'invalid_software_statement', 'malformed'],
    [
      'one without a certificate',
      () => statement({ header: { x5c: undefined } }),
      'invalid_software_statement',
      'certificate-malformed',
    ],
    [
      'one by an authority of its own',
      async () => statement({ pair: await (await TestAuthority.root('Own')).issue({ name: 'emr', uris: [URI] }) }),
      'invalid_software_statement',
      'chain-untrusted',
    ],
    [
      'one signed with another key',
      () => statement({ key: stranger }),
      'invalid_software_statement',
      'statement-not-verified',
    ],
    [
      'one for another server',
      () => statement({ claims: { aud: 'https://elsewhere.example/register' } }),
      'invalid_software_statement',
      'statement-not-verified',
    ],
    [
      'an expired one',
      () => statement({ claims: { iat: nowS - 400, exp: nowS - 100 } }),
      'invalid_software_statement',
      'statement-not-verified',
    ],
    [
      'one that lives for an hour',
      () => statement({ claims: { exp: nowS + 3_600 } }),
      'invalid_software_statement',
      'lifetime-too-long',
    ],
    [
      'one of tomorrow, which would live until then',
      () => statement({ claims: { iat: nowS + 86_400, exp: nowS + 86_700 } }),
      'invalid_software_statement',
      'lifetime-too-long',
    ],
    [
      'one without an id',
      () => statement({ claims: { jti: undefined } }),
      'invalid_software_statement',
      'claims-missing',
    ],
    [
      'one in another system’s name',
      () => statement({ claims: { iss: 'https://emr.harbor.example', sub: 'https://emr.harbor.example' } }),
      'invalid_software_statement',
      'issuer-mismatch',
    ],
    [
      'one about another system',
      () => statement({ claims: { sub: 'https://emr.harbor.example' } }),
      'invalid_software_statement',
      'issuer-mismatch',
    ],
    [
      'one without a contact',
      () => statement({ claims: { contacts: [] } }),
      'invalid_client_metadata',
      'metadata-invalid',
    ],
    [
      'one for people',
      () => statement({ claims: { grant_types: ['authorization_code'] } }),
      'invalid_client_metadata',
      'metadata-invalid',
    ],
    [
      'one with a secret',
      () => statement({ claims: { token_endpoint_auth_method: 'client_secret_basic' } }),
      'invalid_client_metadata',
      'metadata-invalid',
    ],
    [
      'one with a place to return to',
      () => statement({ claims: { redirect_uris: ['https://a.example'] } }),
      'invalid_client_metadata',
      'metadata-invalid',
    ],
  ])('refuses %s', async (_name, make, code, reason) => {
    expect(await refusal(await make())).toEqual([code, reason]);
  });
});
