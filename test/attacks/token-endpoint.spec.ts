// ATTACKS.md A18–A27, B2, B4 at the token endpoint: what a client may not say of itself, and what it can not have. Every refusal is one
// entry of the ledger.
import { ACT_REASON_SYSTEM } from '@hie/purpose-of-use';
import { Agent } from 'undici';

import { AssertingClient, type TokenRequest } from '../support/assertions.js';
import { eventually } from '../support/doors.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const nowS = (): number => Math.floor(Date.now() / 1000);
/** IHE IUA's extension of an assertion. */
const iua = (code: string) => ({ purpose_of_use: [{ system: ACT_REASON_SYSTEM, code }] });

describe('at the token endpoint', () => {
  let exchange: SharedExchange;
  let client: AssertingClient;
  beforeAll(async () => {
    exchange = sharedExchange();
    client = await AssertingClient.of(exchange, 'mercy-general');
  });
  afterAll(async () => {
    await client.close();
    await exchange.close();
  });

  it('a request like those below is granted when nothing is wrong with it, and is an entry', async () => {
    const watch = await LedgerWatch.on(exchange, 'token.issued');
    const answer = await client.ask();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ token_type: 'DPoP', expires_in: 300, scope: 'system/*.rs' });
    const entries = await eventually(async () => {
      const now = (await watch.since()).map(({ entry }) => entry);
      return now.some((entry) => entry['purpose'] === 'TREAT') ? now : undefined;
    });
    expect(entries).toContainEqual(
      expect.objectContaining({
        purpose: 'TREAT',
        requester: expect.objectContaining({ clientId: client.clientId }) as unknown,
      }),
    );
  });

  it('a purpose may be asked for in IUA’s words instead of UDAP’s', async () => {
    const watch = await LedgerWatch.on(exchange, 'token.issued');
    const answer = await client.ask({ extensions: { ihe_iua: iua('ETREAT') } });
    expect(answer.status).toBe(200);
    const entries = await eventually(async () => {
      const now = (await watch.since()).map(({ entry }) => entry['purpose']);
      return now.includes('ETREAT') ? now : undefined;
    });
    expect(entries).toContain('ETREAT');
  });

  it.each<[string, () => TokenRequest, number, string]>([
    ['A1: an assertion without a signature', () => ({ header: { alg: 'none' } }), 401, 'invalid_client'],
    ['A2: an assertion by HS256', () => ({ header: { alg: 'HS256' } }), 401, 'invalid_client'],
    ['A3: an assertion by a stranger’s key', () => ({ assertion: client.strangersAssertion() }), 401, 'invalid_client'],
    [
      'A19: an assertion for another server',
      () => ({ claims: { aud: 'https://elsewhere.example/token' } }),
      401,
      'invalid_client',
    ],
    [
      'A20: an assertion that expired ten seconds ago',
      () => ({ claims: { iat: nowS() - 60, exp: nowS() - 10 } }),
      401,
      'invalid_client',
    ],
    ['A12: an assertion that lives for an hour', () => ({ claims: { exp: nowS() + 3_600 } }), 401, 'invalid_client'],
    ['A10: an assertion that is not valid yet', () => ({ claims: { nbf: nowS() + 60 } }), 401, 'invalid_client'],
    ['A18: an assertion without an id', () => ({ claims: { jti: undefined } }), 401, 'invalid_client'],
    [
      'A19: an assertion in another client’s name',
      () => ({ claims: { iss: 'harborview-emr', sub: 'harborview-emr' } }),
      401,
      'invalid_client',
    ],
    [
      'A27: a secret instead of a key',
      () => ({
        form: { client_id: 'mercy-general-emr', client_secret: 'x', client_assertion: '', client_assertion_type: '' },
      }),
      401,
      'invalid_client',
    ],
    ['A21: no proof of a key', () => ({ proof: undefined }), 400, 'invalid_dpop_proof'],
    [
      'A21: a proof for another URL',
      () => ({ proof: client.proof({}, 'POST', `${client.tokenUrl}/x`) }),
      400,
      'invalid_dpop_proof',
    ],
    ['A21: a proof for another method', () => ({ proof: client.proof({}, 'GET') }), 400, 'invalid_dpop_proof'],
    ['A21: a proof of yesterday', () => ({ proof: client.proof({ iat: nowS() - 86_400 }) }), 400, 'invalid_dpop_proof'],
    [
      'A27: a refresh token',
      () => ({ form: { grant_type: 'refresh_token', refresh_token: 'x' } }),
      400,
      'invalid_request',
    ],
    [
      'A27: an exchange of tokens',
      () => ({ form: { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' } }),
      400,
      'unsupported_grant_type',
    ],
    [
      'G1: a password',
      () => ({ form: { grant_type: 'password', username: 'a', password: 'b' } }),
      400,
      'unsupported_grant_type',
    ],
    [
      'A13: a token for another resource',
      () => ({ form: { resource: 'https://elsewhere.example/fhir' } }),
      400,
      'invalid_target',
    ],
    ['B2: no purpose', () => ({ extensions: {} }), 400, 'invalid_request'],
    ['B2: an empty list of purposes', () => ({ purposes: [] }), 400, 'invalid_request'],
    ['B2: two purposes', () => ({ purposes: ['TREAT', 'HPAYMT'] }), 400, 'invalid_request'],
    ['B2: one purpose here and another there', () => ({ form: { purpose_of_use: 'ETREAT' } }), 400, 'invalid_request'],
    ['B2: a purpose that nobody knows', () => ({ purposes: ['CURIOSITY'] }), 400, 'invalid_request'],
    ['B2: a purpose in small letters', () => ({ purposes: ['treat'] }), 400, 'invalid_request'],
    [
      'B2: a purpose of another code system',
      () => ({ purposes: ['http://snomed.info/sct#TREAT'] }),
      400,
      'invalid_request',
    ],
    ['B1: a purpose that the client is not registered for', () => ({ purposes: ['HRESCH'] }), 400, 'invalid_request'],
    ['B4: breaking the glass without being registered for it', () => ({ purposes: ['BTG'] }), 400, 'invalid_request'],
    [
      'B6: another organisation',
      () => ({ b2b: { organization_id: exchange.hospital('harborview').organizationId } }),
      400,
      'invalid_request',
    ],
    ['B13: an extension of another version', () => ({ b2b: { version: '2' } }), 400, 'invalid_request'],
    [
      'B1: a purpose in IUA’s words that the client is not registered for',
      () => ({ extensions: { ihe_iua: iua('HRESCH') } }),
      400,
      'invalid_request',
    ],
    [
      'B6: another organisation in IUA’s words',
      () => ({
        extensions: {
          ihe_iua: { ...iua('TREAT'), subject_organization_id: exchange.hospital('harborview').organizationId },
        },
      }),
      400,
      'invalid_request',
    ],
    [
      'B2: one purpose in UDAP’s words and another in IUA’s',
      () => ({
        extensions: {
          'hl7-b2b': {
            version: '1',
            organization_id: exchange.hospital('mercy-general').organizationId,
            purpose_of_use: ['TREAT'],
          },
          ihe_iua: iua('ETREAT'),
        },
      }),
      400,
      'invalid_request',
    ],
  ])('%s is refused', async (_name, make, status, code) => {
    const watch = await LedgerWatch.on(exchange, 'token.refused');
    const answer = await client.ask(make());
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/access_token|at [\w.]+ \(|select |\.js:/i);
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: code });
  });

  it('A18: an assertion is taken once', async () => {
    const assertion = client.assertion();
    expect((await client.ask({ assertion })).status).toBe(200);
    const watch = await LedgerWatch.on(exchange, 'token.refused');
    const again = await client.ask({ assertion });
    expect([again.status, again.code]).toEqual([401, 'invalid_client']);
    expect(await watch.one()).toMatchObject({ reason: 'invalid_client' });
  });

  it('A18: of the same assertion sent ten times at once, one is taken', async () => {
    const assertion = client.assertion();
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.ask({ assertion })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('A21: a proof is taken once', async () => {
    const proof = client.proof();
    expect((await client.ask({ proof })).status).toBe(200);
    const again = await client.ask({ proof });
    expect([again.status, again.code]).toEqual([400, 'invalid_dpop_proof']);
  });

  it.each([
    ['that nobody has', 'system/Everything.cruds'],
    ['of an administrator', 'system/*.rs exchange/participants.manage exchange/ledger.read'],
    ['to write what the member may only read', 'system/*.rs system/*.cu'],
  ])('A26: a scope %s is left out of the token', async (_name, scope) => {
    const answer = await client.ask({ form: { scope } });
    const granted = answer.status === 200 ? (JSON.parse(answer.text) as { scope?: string }).scope : '';
    expect((granted ?? '').split(' ').filter((each) => /exchange|\*\.cu|Everything/.test(each))).toEqual([]);
  });

  it('B13: what a request says of rights is not believed', async () => {
    const form = { role: 'admin', member_id: 'harborview', tenant: 'harborview', allowed_purposes: 'BTG' };
    const answer = await client.ask({ form, claims: { member_id: 'harborview', scope: 'exchange/ledger.read' } });
    expect(answer.status).toBe(200);
    const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ member_id: 'mercy-general', purpose_of_use: 'TREAT', scope: 'system/*.rs' });
    expect(claims).not.toHaveProperty('role');
  });

  it('D6, D8: a flood from one address ends in 429, which says when to come back; others are served', async () => {
    const dispatcher = new Agent({ connect: { ca: exchange.ca }, localAddress: '127.0.0.3', connections: 8 });
    let refusal: string | undefined;
    let sent = 0;
    const flood = async (): Promise<void> => {
      while (refusal === undefined && sent < 1_500) {
        sent += 1;
        const { status, headers } = await client.ask({ dispatcher, assertion: 'x.y.z', proof: undefined });
        if (status === 429) refusal = String(headers['retry-after']);
      }
    };
    await Promise.all(Array.from({ length: 8 }, flood));
    await dispatcher.close();
    expect(Number(refusal)).toBeGreaterThan(0);
    expect((await client.ask()).status).toBe(200);
  }, 120_000);
});
