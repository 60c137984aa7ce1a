// UDAP metadata: https://hl7.org/fhir/us/udap-security/discovery.html
import { X509Certificate, createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';

import type { GatewayConfig } from '../gateway.config.js';

type MetadataConfig = Pick<
  GatewayConfig,
  'PUBLIC_URL' | 'IDP_TOKEN_URL' | 'IDP_REGISTRATION_URL' | 'UDAP_CERTIFICATE' | 'UDAP_KEY'
>;

const algorithms = ['RS256', 'ES256'];
/** Signed anew at each request, so that it need not live for the year that it might. */
const LIFE_S = 3_600;

/** What a system must know to register itself, signed by this door's own certificate. */
@Injectable()
export class UdapMetadata {
  constructor(@Inject(SERVICE_CONFIG) private readonly config: MetadataConfig) {}

  /** `undefined` where systems may not register themselves. */
  async current(): Promise<object | undefined> {
    const { IDP_REGISTRATION_URL: registration, IDP_TOKEN_URL: token, UDAP_CERTIFICATE: path, UDAP_KEY } = this.config;
    if (registration === undefined || path === undefined || UDAP_KEY === undefined) return undefined;
    return {
      udap_versions_supported: ['1'],
      udap_profiles_supported: ['udap_dcr', 'udap_authn', 'udap_authz'],
      udap_authorization_extensions_supported: ['hl7-b2b'],
      udap_authorization_extensions_required: ['hl7-b2b'],
      udap_certifications_supported: [],
      grant_types_supported: ['client_credentials'],
      scopes_supported: ['system/*.rs', 'system/*.cu'],
      token_endpoint: token,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      registration_endpoint: registration,
      registration_endpoint_jwt_signing_alg_values_supported: algorithms,
      signed_metadata: await this.sign({ token_endpoint: token, registration_endpoint: registration }, path, UDAP_KEY),
    };
  }

  /** The files are read for each signature: a certificate is renewed while the gateway runs. */
  private sign(claims: Record<string, string>, certificatePath: string, keyPath: string): Promise<string> {
    const key = createPrivateKey(readFileSync(keyPath));
    const base = `${this.config.PUBLIC_URL}/fhir`;
    return new SignJWT(claims)
      .setProtectedHeader({
        alg: key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256',
        x5c: [...chainIn(readFileSync(certificatePath, 'utf8'))],
      })
      .setIssuer(base)
      .setSubject(base)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${LIFE_S}s`)
      .sign(key);
  }
}

const chainIn = (pem: string): readonly string[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((each) =>
    new X509Certificate(each).raw.toString('base64'),
  );
