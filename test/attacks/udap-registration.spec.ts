// ATTACKS.md A3, A18, A24, A26, B1, B6, B13, B15 where systems register themselves (UDAP): a certificate says who a system is, the operator
// whose it is, and its member's registration what it may.
import { X509Certificate, randomUUID } from 'node:crypto';

import { TestAuthority, type TestCertificate } from '@hie/testing-kit';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

import { AssertingClient } from '../support/assertions.js';
import { eventually } from '../support/doors.js';
import { type DoorAnswer, Forger } from '../support/forger.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { UdapSystem, trustCommunity } from '../support/udap-system.js';

const MEMBER = 'mercy-general';

describe('a system that registers itself', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  let root: TestAuthority;
  let stranger: TestAuthority;
  let system: UdapSystem;
  let unmapped: UdapSystem;
  let restore: () => void;
  let members: Record<string, string>;
  const uri = `https://${randomUUID()}.emr.example`;
  const otherUri = `https://${randomUUID()}.emr.example`;

  const systemOf = async (name: string, authority: TestAuthority, alg: 'ES256' | 'RS256' = 'RS256') =>
    new UdapSystem(
      exchange,
      forger,
      name,
      await authority.issue({ name: 'emr', uris: [name], alg }),
      exchange.hospital(MEMBER).organizationId,
    );
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
    [root, stranger] = await Promise.all([TestAuthority.root('Community'), TestAuthority.root('Community')]);
    system = await systemOf(uri, root);
    unmapped = await systemOf(otherUri, root);
    members = { [uri]: MEMBER };
    restore = await trustCommunity(exchange, { authorities: [root], members });
  });
  afterAll(async () => {
    restore();
    await forger.close();
    await exchange.close();
  });

  const registered = async (of = system, claims: object = {}): Promise<string> => {
    const answer = await of.register(await of.statement(claims));
    return (JSON.parse(answer.text) as { client_id: string }).client_id;
  };
  const outcomeOf = ({ status, code }: DoorAnswer) => [status, code];
  const door = (): string => `${exchange.description.gateway.fhirUrl}/AllergyIntolerance?patient=1`;
  const tokenOf = ({ text }: DoorAnswer) => (JSON.parse(text) as { access_token: string }).access_token;

  it('gets an id, and with it a token for what its member has, which opens a door', async () => {
    const watch = await LedgerWatch.on(exchange, 'client.registered');
    const answer = await system.register(await system.statement());
    expect(answer.status).toBe(201);
    const body = JSON.parse(answer.text) as { client_id: string };
    expect(body).toMatchObject({
      scope: 'system/*.rs',
      grant_types: ['client_credentials'],
      client_name: 'Synthetic EMR',
    });
    expect(body).not.toHaveProperty('client_secret');
    expect(await watch.one()).toMatchObject({
      ...{ outcome: 'success', requester: { clientId: body.client_id, memberId: MEMBER } },
    });
    const granted = await system.ask(await system.assertion(body.client_id));
    expect(granted.status).toBe(200);
    const token = tokenOf(granted);
    expect(decodeJwt(token)).toMatchObject({ member_id: MEMBER, purpose_of_use: 'TREAT', scope: 'system/*.rs' });
    await eventually(async () =>
      (await forger.ask(door(), forger.presenting(token, 'GET', door()))).status === 404 ? true : undefined,
    );
    expect((await forger.ask(door(), { authorization: `Bearer ${token}` })).status).toBe(401);
  });

  it.each<[string, () => Promise<unknown>, string, string]>([
    [
      'A3: by an authority that nobody trusts',
      async () => (await systemOf(uri, stranger)).statement(),
      'invalid_software_statement',
      'chain-untrusted',
    ],
    [
      'A13: for another server',
      () => system.statement({ aud: 'https://elsewhere.example/register' }),
      'invalid_software_statement',
      'statement-not-verified',
    ],
    [
      'A12: that lives for an hour',
      () => system.statement({ exp: Math.floor(Date.now() / 1000) + 3_600 }),
      'invalid_software_statement',
      'lifetime-too-long',
    ],
    [
      'B6: in another system’s name',
      () => system.statement({ iss: otherUri, sub: otherUri }),
      'invalid_software_statement',
      'issuer-mismatch',
    ],
    [
      'B15: of a system that no member has',
      () => unmapped.statement(),
      'unapproved_software_statement',
      'member-unknown',
    ],
    [
      'A26: for what its member may not',
      () => system.statement({ scope: 'exchange/participants.manage' }),
      'invalid_client_metadata',
      'scope-not-granted',
    ],
    [
      'B13: with a secret',
      () => system.statement({ token_endpoint_auth_method: 'client_secret_post' }),
      'invalid_client_metadata',
      'metadata-invalid',
    ],
    ['without a statement', () => Promise.resolve(undefined), 'invalid_software_statement', 'malformed'],
  ])('%s is refused', async (_name, make, code, reason) => {
    const statement = await make();
    const watch = await LedgerWatch.on(exchange, 'registration.refused');
    const answer = await system.register(statement);
    expect(outcomeOf(answer)).toEqual([400, code]);
    expect(answer.text).toBe(JSON.stringify({ error: code }));
    const requester = { address: '127.0.0.1' };
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason, requester });
  });

  it('A18: a statement is taken once, of ten at once too', async () => {
    const statement = await system.statement();
    const answers = await Promise.all(Array.from({ length: 10 }, () => system.register(statement)));
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(outcomeOf(await system.register(statement))).toEqual([400, 'invalid_software_statement']);
  });

  it.each<[string, (clientId: string) => Promise<DoorAnswer>, number, string]>([
    [
      'A3: with a certificate of its own making',
      async (id) => system.ask(await system.assertion(id, {}, await selfMade())),
      401,
      'invalid_client',
    ],
    [
      'A3: with another system’s certificate',
      async (id) => system.ask(await system.assertion(id, {}, unmapped.certificate)),
      401,
      'invalid_client',
    ],
    [
      'B1: for a purpose that its member has not',
      async (id) => system.ask(await system.assertion(id, purposeOf('HRESCH'))),
      400,
      'invalid_request',
    ],
    [
      'B2: for a purpose that is said outside of the assertion',
      async (id) => system.ask(await system.assertion(id, { extensions: {} }), { purpose_of_use: 'TREAT' }),
      400,
      'invalid_request',
    ],
  ])('%s gets no token', async (_name, ask, status, code) => {
    const clientId = await registered();
    const watch = await LedgerWatch.on(exchange, 'token.refused');
    expect(outcomeOf(await ask(clientId))).toEqual([status, code]);
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: code });
  });

  const selfMade = async (): Promise<TestCertificate> =>
    (await TestAuthority.root('Own')).issue({ name: 'emr', uris: [uri], alg: 'RS256' });
  const purposeOf = (purpose: string) => ({
    extensions: {
      'hl7-b2b': {
        ...{ version: '1', organization_id: exchange.hospital(MEMBER).organizationId },
        purpose_of_use: [`urn:oid:2.16.840.1.113883.5.8#${purpose}`],
      },
    },
  });

  it('A3: a certificate in the assertion of a client that registered keys is refused, though its key has signed', async () => {
    const client = await AssertingClient.of(exchange, MEMBER);
    const x5c = [new X509Certificate(system.certificate.cert).raw.toString('base64')];
    const watch = await LedgerWatch.on(exchange, 'token.refused');
    expect(outcomeOf(await client.ask({ header: { x5c } }))).toEqual([401, 'invalid_client']);
    expect(await watch.one()).toMatchObject({ reason: 'invalid_client' });
    await client.close();
  });

  it('A24: a certificate that its authority withdraws, and a system that the operator takes out, get no token', async () => {
    const clientId = await registered();
    expect((await system.ask(await system.assertion(clientId))).status).toBe(200);
    await trustCommunity(exchange, { authorities: [root], revoked: [system.certificate], members });
    expect(outcomeOf(await system.ask(await system.assertion(clientId)))).toEqual([401, 'invalid_client']);
    await trustCommunity(exchange, { authorities: [root], members: {} });
    expect(outcomeOf(await system.ask(await system.assertion(clientId)))).toEqual([401, 'invalid_client']);
    await trustCommunity(exchange, { authorities: [root], members });
    expect((await system.ask(await system.assertion(clientId))).status).toBe(200);
  });

  it('is cancelled by a statement without a grant type: no token from then on, and no door for one it has', async () => {
    const clientId = await registered();
    const token = tokenOf(await system.ask(await system.assertion(clientId)));
    const watch = await LedgerWatch.on(exchange, 'client.cancelled');
    const answer = await system.register(await system.statement({ grant_types: [] }));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ client_id: clientId, grant_types: [] });
    expect(await watch.one()).toMatchObject({ outcome: 'success', requester: { clientId, memberId: MEMBER } });
    expect(outcomeOf(await system.ask(await system.assertion(clientId)))).toEqual([401, 'invalid_client']);
    await eventually(async () =>
      (await forger.ask(door(), forger.presenting(token, 'GET', door()))).status === 403 ? true : undefined,
    );
    expect(await registered()).not.toBe(clientId);
  });

  it('finds out where in metadata that the door has signed with a certificate for its own address', async () => {
    const { fhirUrl } = exchange.description.gateway;
    const answer = await forger.ask(`${fhirUrl}/.well-known/udap`, {});
    const metadata = JSON.parse(answer.text) as { registration_endpoint: string; signed_metadata: string };
    expect(metadata.registration_endpoint).toBe(system.registrationUrl);
    const [leaf = ''] = decodeProtectedHeader(metadata.signed_metadata).x5c ?? [];
    const certificate = new X509Certificate(Buffer.from(leaf, 'base64'));
    expect(certificate.subjectAltName).toContain(`URI:${fhirUrl}`);
    expect(certificate.verify(new X509Certificate(exchange.ca).publicKey)).toBe(true);
    const { payload } = await jwtVerify(metadata.signed_metadata, certificate.publicKey, { issuer: fhirUrl });
    expect(payload).toMatchObject({ sub: fhirUrl, registration_endpoint: system.registrationUrl });
  });
});
