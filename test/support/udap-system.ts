import { X509Certificate, createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ACT_REASON_OID } from '@hie/purpose-of-use';
import type { TestAuthority, TestCertificate } from '@hie/testing-kit';
import { SignJWT } from 'jose';

import type { DoorAnswer, Forger } from './forger.js';
import type { SharedExchange } from './shared-exchange.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Whom the operator trusts to name systems, and whose they are: what the file of the exchange's identity provider says. */
export interface TrustFile {
  readonly authorities: readonly TestAuthority[];
  readonly revoked?: readonly TestCertificate[];
  readonly members: Readonly<Record<string, string>>;
}

/** Writes the file as an operator would. @returns puts back what was there. */
export async function trustCommunity(exchange: SharedExchange, trust: TrustFile): Promise<() => void> {
  const path = join(exchange.run, 'udap', 'trust.json');
  const before = readFileSync(path, 'utf8');
  const lists = await Promise.all(trust.authorities.map((each) => each.revocations(trust.revoked ?? [])));
  writeFileSync(
    path,
    JSON.stringify({
      anchors: trust.authorities.map(({ cert }) => cert),
      revocationLists: lists,
      members: Object.entries(trust.members).map(([uri, memberId]) => ({ uri, memberId })),
    }),
  );
  return () => writeFileSync(path, before);
}

/** A system with a certificate of a trust community, which registers itself and asks for tokens. */
export class UdapSystem {
  constructor(
    private readonly exchange: SharedExchange,
    private readonly forger: Forger,
    readonly uri: string,
    readonly certificate: TestCertificate,
    private readonly organizationId: string,
  ) {}

  get registrationUrl(): string {
    return `${this.exchange.description.identityProvider.issuer}/register`;
  }

  statement(claims: object = {}, signer: TestCertificate = this.certificate): Promise<string> {
    const nowS = Math.floor(Date.now() / 1000);
    return signed(signer, {
      ...{ iss: this.uri, sub: this.uri, aud: this.registrationUrl, iat: nowS, exp: nowS + 300, jti: randomUUID() },
      ...{ client_name: 'Synthetic EMR', contacts: ['mailto:it@emr.example'], grant_types: ['client_credentials'] },
      ...{ token_endpoint_auth_method: 'private_key_jwt', scope: 'system/*.rs exchange/participants.manage' },
      ...claims,
    });
  }

  async register(statement: unknown): Promise<DoorAnswer> {
    const body = JSON.stringify({ software_statement: statement, udap: '1' });
    return this.forger.ask(this.registrationUrl, { 'content-type': 'application/json' }, 'POST', body);
  }

  assertion(clientId: string, claims: object = {}, signer: TestCertificate = this.certificate): Promise<string> {
    const { tokenUrl } = this.exchange.description.identityProvider;
    const nowS = Math.floor(Date.now() / 1000);
    const purposes = [`${ACT_REASON_OID}#TREAT`];
    const b2b = { version: '1', organization_id: this.organizationId, purpose_of_use: purposes };
    return signed(signer, {
      ...{ iss: clientId, sub: clientId, aud: tokenUrl, iat: nowS, exp: nowS + 60, jti: randomUUID() },
      extensions: { 'hl7-b2b': b2b },
      ...claims,
    });
  }

  /** A token request with a proof of the forger's key. */
  async ask(assertion: string, form: Readonly<Record<string, string>> = {}): Promise<DoorAnswer> {
    const { tokenUrl } = this.exchange.description.identityProvider;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      dpop: this.forger.proof('POST', tokenUrl, undefined),
    };
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', scope: 'system/*.rs', udap: '1' },
      ...{ client_assertion_type: ASSERTION_TYPE, client_assertion: assertion, ...form },
    });
    return this.forger.ask(tokenUrl, headers, 'POST', body.toString());
  }
}

/** A JWT under the certificate's key, with the certificate in its header. */
export function signed({ cert, key }: TestCertificate, claims: object): Promise<string> {
  const privateKey = createPrivateKey(key);
  const alg = privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  const x5c = [new X509Certificate(cert).raw.toString('base64')];
  return new SignJWT({ ...claims }).setProtectedHeader({ alg, x5c }).sign(privateKey);
}
