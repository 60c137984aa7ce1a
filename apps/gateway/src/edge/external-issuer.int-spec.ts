// Another provider where people sign in, in place of identity-provider: a second oidc-provider, believed as far as its configuration says.
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TrustError } from '@hie/purpose-of-use';
import { SERVICE_CONFIG, MemberDirectory, PinoLogger } from '@hie/service-kit';
import { required } from '@hie/testing-kit';
import { type ArgumentsHost, Catch, Controller, type ExceptionFilter, Get, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';
import Provider, { type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import { Agent, request } from 'undici';

import { AccessTokenStrategy } from './access-token.strategy.js';
import { type CallerRequest, callerOf } from './caller.js';
import { EdgeGuard } from './edge.guard.js';
import { ForPeople } from './for-people.js';
import { IssuerKeys } from './issuer-keys.js';
import { PersonGuard } from './person.guard.js';
import { SelfRegisteredClients } from './self-registered-clients.js';

const PUBLIC_URL = 'https://gateway.hie.example';
const resource = `${PUBLIC_URL}/fhir`;

interface KeyPair {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

const newKey = async (alg: 'ES256' | 'RS256', kid: string): Promise<KeyPair> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
};

/** The storage port of oidc-provider: one client, and nothing kept. Clients in its configuration would be copied out of Jest's realm. */
const onlyClient = (name: string, jwk: JWK): Adapter => {
  const portal = {
    ...{ client_id: 'portal', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
    ...{ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } },
    scope: 'user/*.rs exchange/ledger.read',
  } as AdapterPayload;
  const nothing = () => Promise.resolve(undefined);
  return {
    find: (id) => Promise.resolve(name === 'Client' && id === 'portal' ? portal : undefined),
    ...{ upsert: nothing, findByUid: nothing, findByUserCode: nothing, consume: nothing, destroy: nothing },
    revokeByGrantId: nothing,
  };
};

/** A hospital's own provider: what it says of a person is set by the test. */
class HospitalsProvider {
  said: Record<string, unknown> = {};
  private readonly agent = new Agent({ connect: { ca: readFileSync(required('TLS_CA'), 'utf8') } });

  private constructor(
    readonly issuer: string,
    private readonly server: Server,
    private readonly client: KeyPair,
    readonly proofKey: KeyPair,
  ) {}

  static async start(): Promise<HospitalsProvider> {
    const [signing, client, proofKey] = await Promise.all([
      newKey('RS256', 'hospital-1'),
      newKey('ES256', 'portal-1'),
      newKey('ES256', 'proof'),
    ]);
    const tls = { cert: readFileSync(required('TLS_CERT')), key: readFileSync(required('TLS_KEY')) };
    const server = createServer(tls);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const hospital = new HospitalsProvider(issuer, server, client, proofKey);
    const configuration: Configuration = {
      jwks: {
        keys: [{ ...(await exportJWK(signing.privateKey)), kid: 'hospital-1', alg: 'RS256', use: 'sig' }],
      } as never,
      adapter: (name) => onlyClient(name, client.jwk),
      clientAuthMethods: ['private_key_jwt'],
      scopes: ['user/*.rs', 'exchange/ledger.read'],
      extraTokenClaims: () => hospital.said,
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        dPoP: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => resource,
          getResourceServerInfo: () => ({
            ...{ scope: 'user/*.rs exchange/ledger.read', audience: resource, accessTokenFormat: 'jwt' },
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    };
    const handle = new Provider(issuer, configuration).callback();
    server.on('request', (incoming, outgoing) => void handle(incoming, outgoing));
    return hospital;
  }

  /** A token of the portal, in which the provider says this of a person. */
  async token(said: Record<string, unknown>, isBound = true): Promise<string> {
    this.said = said;
    const url = `${this.issuer}/token`;
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'portal-1' })
      .setIssuer('portal')
      .setSubject('portal')
      .setAudience(this.issuer)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(this.client.privateKey);
    const { body } = await request(url, {
      method: 'POST',
      dispatcher: this.agent,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(isBound ? { dpop: await this.proof('POST', url) } : {}),
      },
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', scope: 'user/*.rs exchange/ledger.read', client_assertion: assertion },
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }).toString(),
    });
    const answer = (await body.json()) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(`The provider gave no token: ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  proof(method: string, url: string, token?: string): Promise<string> {
    const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
    return new SignJWT({ htm: method, htu: url, jti: randomUUID(), ...ath })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.proofKey.jwk })
      .setIssuedAt()
      .sign(this.proofKey.privateKey);
  }

  async stop(): Promise<void> {
    await this.agent.close();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

@Controller('people-only')
class PeopleOnlyController {
  @Get()
  @ForPeople({ roles: ['clinician'] })
  who(@Req() request: CallerRequest): object {
    const { memberId, userId, scopes, person } = callerOf(request);
    return { memberId, userId, scopes, roles: person?.roles };
  }
}

@Catch()
class CodeFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const code = error instanceof TrustError ? error.code : String(error);
    void host.switchToHttp().getResponse<FastifyReply>().status(403).send({ code });
  }
}

describe('a provider of a member’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'people-issuers-'));
  let hospital: HospitalsProvider;
  let stranger: HospitalsProvider;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    [hospital, stranger] = await Promise.all([HospitalsProvider.start(), HospitalsProvider.start()]);
    const listed = [
      {
        ...{
          issuer: hospital.issuer,
          jwksUrl: `${hospital.issuer}/jwks`,
          ca: required('TLS_CA'),
          algorithms: ['RS256'],
        },
        ...{ memberId: 'mercy', clientIds: ['portal'], acr: ['hospital:mfa'], amr: { fido: ['pop', 'mfa', 'hwk'] } },
        roles: { claim: 'groups', values: { 'hie-clinicians': 'clinician' } },
      },
    ];
    const PEOPLE_ISSUERS = join(folder, 'issuers.json');
    writeFileSync(PEOPLE_ISSUERS, JSON.stringify(listed));
    const config = {
      ...{ PUBLIC_URL, PEOPLE_ISSUERS, TLS_CA: required('TLS_CA'), SENDER_CONSTRAINED: 'accepted' },
      ...{ IDP_ISSUER: 'https://id.hie.example', IDP_JWKS_URL: 'https://127.0.0.1:9/jwks' },
    };
    @Module({
      imports: [PassportModule],
      controllers: [PeopleOnlyController],
      providers: [
        { provide: PinoLogger, useValue: { warn: () => undefined } },
        ...[IssuerKeys, AccessTokenStrategy, EdgeGuard, PersonGuard, SelfRegisteredClients],
        { provide: SERVICE_CONFIG, useValue: config },
        { provide: MemberDirectory, useValue: { client: () => undefined, isActive: (id: string) => id === 'mercy' } },
      ],
    })
    class EdgeModule {}
    app = await NestFactory.create<NestFastifyApplication>(EdgeModule, new FastifyAdapter(), { logger: false });
    app.useGlobalGuards(app.get(EdgeGuard), app.get(PersonGuard));
    app.useGlobalFilters(new CodeFilter());
    await app.init();
  });

  afterAll(async () => {
    await app.close();
    await hospital.stop();
    await stranger.stop();
    rmSync(folder, { recursive: true });
  });

  const vera = () => ({
    ...{ sub: 'portal', purpose_of_use: 'TREAT', groups: ['hie-clinicians'], acr: 'hospital:mfa', amr: ['fido'] },
    auth_time: Math.floor(Date.now() / 1000) - 60,
  });
  const ask = async (said: Record<string, unknown>, by = hospital, scheme = 'DPoP') => {
    const token = await by.token(said);
    const headers = {
      authorization: `${scheme} ${token}`,
      dpop: await by.proof('GET', `${PUBLIC_URL}/people-only`, token),
    };
    const answer = await app.inject({ method: 'GET', url: '/people-only', headers });
    return answer.json<Record<string, unknown>>();
  };

  it('lets a person in as one of its member’s, with the scopes of the roles that its groups are', async () => {
    expect(await ask(vera())).toEqual({
      ...{ memberId: 'mercy', userId: `${hospital.issuer}#portal`, scopes: ['user/*.rs'], roles: ['clinician'] },
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a class that is not listed', { acr: 'hospital:password' }, 'assurance-too-low'],
    ['our own class, in its words', { acr: 'urn:hie:aal2' }, 'assurance-too-low'],
    ['a method that is not listed', { amr: ['pwd', 'otp'] }, 'assurance-too-low'],
    ['yesterday’s sign-in', { auth_time: Math.floor(Date.now() / 1000) - 86_400 }, 'sign-in-too-old'],
    ['a group that is no role', { groups: ['gardeners'] }, 'role-missing'],
    ['no purpose', { purpose_of_use: undefined }, 'purpose-unknown'],
    ['no sign-in at all', { acr: undefined, auth_time: undefined }, 'token-malformed'],
  ])('is not believed with %s', async (_name, over, code) => {
    expect(await ask({ ...vera(), ...over })).toEqual({ code });
  });

  it('is not believed at all where it is not listed, though it signs as well', async () => {
    expect(await ask(vera(), stranger)).toEqual({ code: 'token-issuer' });
  });

  it('is not believed by the name of another', async () => {
    const payload = JSON.stringify({ ...vera(), iss: hospital.issuer, aud: resource, client_id: 'portal', jti: 'j' });
    const forged = await stranger.token(vera());
    const [header = '', , signature = ''] = forged.split('.');
    const authorization = `DPoP ${header}.${Buffer.from(payload).toString('base64url')}.${signature}`;
    const answer = await app.inject({ method: 'GET', url: '/people-only', headers: { authorization } });
    expect(answer.json()).toEqual({ code: 'token-signature-invalid' });
  });

  it('is not believed with a token bound to no key, though systems’ are taken here', async () => {
    const authorization = `Bearer ${await hospital.token(vera(), false)}`;
    const answer = await app.inject({ method: 'GET', url: '/people-only', headers: { authorization } });
    expect(answer.json()).toEqual({ code: 'token-type' });
  });

  it('is not taken as a bearer, even where systems may come unbound', async () => {
    expect(await ask(vera(), hospital, 'Bearer')).toEqual({ code: 'header-missing' });
  });
});

describe('the list of providers', () => {
  const terms = {
    ...{ issuer: 'https://a.example', jwksUrl: 'https://a.example/jwks', memberId: 'mercy', clientIds: ['portal'] },
    ...{ acr: ['x'], amr: {}, roles: { claim: 'groups', values: {} } },
  };

  it.each<[string, object[]]>([
    [
      'a role over the whole exchange',
      [{ ...terms, roles: { claim: 'g', values: { admins: 'exchange-administrator' } } }],
    ],
    ['a symmetric algorithm', [{ ...terms, algorithms: ['HS256'] }]],
    ['keys over plain http', [{ ...terms, jwksUrl: 'http://a.example/jwks' }]],
    ['the same provider twice', [terms, terms]],
    ['the exchange’s own provider', [{ ...terms, issuer: 'https://id.hie.example' }]],
  ])('is refused with %s', (_name, list) => {
    const file = join(mkdtempSync(join(tmpdir(), 'people-issuers-')), 'issuers.json');
    writeFileSync(file, JSON.stringify(list));
    const config = {
      ...{
        IDP_ISSUER: 'https://id.hie.example',
        IDP_JWKS_URL: 'https://id.hie.example/jwks',
        TLS_CA: required('TLS_CA'),
      },
      ...{ PEOPLE_ISSUERS: file, PUBLIC_URL },
    };
    expect(() => new IssuerKeys(config as never, {} as never)).toThrow(/./);
    rmSync(join(file, '..'), { recursive: true });
  });
});
