// ATTACKS.md B and G6, against the running exchange: purposes that a door does not serve, records and queries of others, the patient's word by
// other names, rights that nobody gave, G3. What is not yours and what is not there are one answer, in bytes and in time.
import { randomUUID } from 'node:crypto';

import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import type { Story } from '@hie/population';
import type { Bundle, Patient } from '@medplum/fhirtypes';

import { arrivalBody, codeOf, emergency, emrOf, handleOf, matchBody, treatment } from '../support/doors.js';
import { invite } from '../support/invite.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { refusalIn } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const everyScope = 'system/*.rs system/Patient.cu system/Consent.cu';
/** A patient may be anybody's; what is refused here is refused before anybody is looked for. */
const somebody = randomUUID();

describe('a purpose', () => {
  let exchange: SharedExchange;
  let emr: OAuthClient;
  beforeAll(() => {
    exchange = sharedExchange();
    emr = exchange.clientOf(exchange.hospital('mercy-general'));
  });
  afterAll(() => exchange.close());

  const clinical = ['HOPERAT', 'HPAYMT', 'PATRQT'];
  const every = ['TREAT', 'ETREAT', ...clinical];
  it.each<[Method, string, readonly string[]]>([
    ['POST', '/cds-services/patient-arrival', clinical],
    ['POST', '/fhir/Patient/$match', clinical],
    ['GET', `/fhir/Patient/${somebody}/$summary`, clinical],
    ['GET', `/fhir/AllergyIntolerance?patient=${somebody}`, clinical],
    ['GET', `/fhir/MedicationRequest?patient=${somebody}`, clinical],
    ['GET', `/queries/${somebody}`, ['HOPERAT', 'HPAYMT']],
    ['POST', '/fhir', ['ETREAT', 'HPAYMT', 'PATRQT']],
    ['PUT', '/fhir/Patient?identifier=x', ['ETREAT', 'HPAYMT', 'PATRQT']],
    ['POST', '/fhir/Consent', ['ETREAT', 'HPAYMT']],
    ['PUT', `/fhir/Consent/${somebody}`, ['ETREAT', 'HPAYMT']],
    ['GET', '/members', every],
    ['POST', '/members', every],
    ['POST', '/members/harborview/suspension', every],
    ['POST', '/members/harborview/clients/harborview-emr/keys', every],
    ['GET', '/ledger/entries', every],
  ])('B1: that %s %s does not serve is refused there: %j', async (method, path, refused) => {
    const url = `${exchange.description.gateway.url}${path}`;
    for (const purpose of refused) {
      const watch = await LedgerWatch.on(exchange, 'request.refused');
      const answer = await emr.call(method, url, {
        purpose,
        scope: everyScope,
        ...(method === 'GET' ? {} : { body: {} }),
      });
      expect([purpose, answer.status, codeOf(answer)]).toEqual([purpose, 403, 'purpose-not-granted']);
      expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: 'purpose-not-served', purpose });
    }
  });
});

describe('somebody else’s', () => {
  let exchange: SharedExchange;
  let story: Story;
  let patient: Patient;
  let emr: OAuthClient;
  let other: OAuthClient;
  let theirs: string;
  let fhirUrl: string;
  let gatewayUrl: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    ({ fhirUrl, url: gatewayUrl } = exchange.description.gateway);
    story = await leadStory(exchange);
    patient = await arrivingPatient(exchange, story);
    emr = emrOf(exchange, story);
    other = exchange.clientOf(exchange.hospital('lakeside'));
    theirs = await handleOf(exchange, story);
  });
  afterAll(() => exchange.close());

  const read = (client: OAuthClient, path: string): Promise<CallAnswer> =>
    client.call('GET', `${fhirUrl}/${path}`, treatment);
  const withoutTrace = ({ status, text }: CallAnswer) => ({ status, text: text.replace(/[0-9a-f]{32}/, '') });

  it.each<[string, (id: string) => string]>([
    ['its summary', (id) => `Patient/${id}/$summary`],
    ['a search', (id) => `AllergyIntolerance?patient=${id}`],
    ['a search with a type before the id', (id) => `AllergyIntolerance?patient=Patient/${id}`],
    ['_include', (id) => `AllergyIntolerance?patient=${id}&_include=AllergyIntolerance:patient`],
    ['_revinclude', (id) => `MedicationRequest?patient=${id}&_revinclude=Provenance:target`],
    ['a count of everything', (id) => `MedicationRequest?patient=${id}&_count=1000000000`],
  ])('B5: id asked for by %s is as one that nobody has', async (_name, path) => {
    const stolen = await read(other, path(theirs));
    const invented = await read(other, path(randomUUID()));
    expect(stolen.status).toBe(404);
    expect(withoutTrace(stolen)).toEqual(withoutTrace(invented));
  });

  it.each(['$everything', ''])('B5: Patient by way of Patient/[id]/%s is not a door at all', async (operation) => {
    const paths = [theirs, randomUUID()].map((id) => `Patient/${id}/${operation}`.replace(/\/$/, ''));
    const [stolen, invented] = await Promise.all(paths.map((path) => read(other, path)));
    expect([stolen?.status, codeOf(stolen as CallAnswer)]).toEqual([404, 'unknown-interaction']);
    expect(withoutTrace(stolen as CallAnswer)).toEqual(withoutTrace(invented as CallAnswer));
  });

  it('B5: id and one that nobody has take the same time, as far as a caller can see', async () => {
    const times = { stolen: [] as number[], invented: [] as number[] };
    for (let round = 0; round < 24; round += 1) {
      for (const [kind, id] of [
        ['stolen', theirs],
        ['invented', randomUUID()],
      ] as const) {
        const began = performance.now();
        await read(other, `AllergyIntolerance?patient=${id}`);
        times[kind].push(performance.now() - began);
      }
    }
    const [stolen, invented] = [quartiles(times.stolen), quartiles(times.invented)];
    // As distributions: the middle half of either reaches into the middle half of the other.
    expect(stolen.lower).toBeLessThan(invented.upper);
    expect(invented.lower).toBeLessThan(stolen.upper);
  }, 120_000);

  it('B6: query is not there for another member, nor for another purpose', async () => {
    const asked = await emr.call('POST', `${gatewayUrl}/cds-services/patient-arrival`, {
      ...emergency,
      body: arrivalBody(patient),
    });
    const url = String(asked.headers['content-location']);
    expect((await emr.call('GET', url, emergency)).status).toBe(200);
    const never = await other.call('GET', `${gatewayUrl}/queries/${randomUUID()}`, emergency);
    for (const [client, use] of [
      [other, emergency],
      [emr, treatment],
    ] as const) {
      const watch = await LedgerWatch.on(exchange, 'request.refused');
      const answer = await client.call('GET', url, use);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'query-not-found']);
      expect(withoutTrace(answer)).toEqual(withoutTrace(never));
      const details = { outcome: 'query-not-found' };
      expect(await watch.one()).toMatchObject({ reason: 'query-of-another', purpose: use.purpose, details });
    }
  });

  it('B6: query is not there for another person at the same client, and the ledger has who has read it', async () => {
    const [asker, colleague] = [randomUUID(), randomUUID()];
    const asked = await emr.call('POST', `${gatewayUrl}/cds-services/patient-arrival`, {
      ...emergency,
      userId: asker,
      body: arrivalBody(patient),
    });
    const url = String(asked.headers['content-location']);
    const never = await emr.call('GET', `${gatewayUrl}/queries/${randomUUID()}`, { ...emergency, userId: colleague });
    const [read, refused] = [
      await LedgerWatch.on(exchange, 'answer.read'),
      await LedgerWatch.on(exchange, 'request.refused'),
    ];
    for (const path of ['', '/events', '/proofs/0']) {
      const answer = await emr.call('GET', `${url}${path}`, { ...emergency, userId: colleague });
      expect([answer.status, codeOf(answer)]).toEqual([404, 'query-not-found']);
      expect(withoutTrace(answer)).toEqual(withoutTrace(never));
    }
    expect((await emr.call('GET', url, emergency)).status).toBe(404);
    const reasons = await refused.untilThere((entries) =>
      entries.length < 4 ? undefined : entries.map((entry) => entry['reason']),
    );
    expect(reasons).toEqual(Array(4).fill('query-of-another'));

    expect((await emr.call('GET', url, { ...emergency, userId: asker })).status).toBe(200);
    expect(await read.one()).toMatchObject({
      ...{ action: 'answer.read', outcome: 'success', purpose: 'ETREAT', txn: url.split('/').at(-1) },
      requester: { memberId: 'mercy-general', userId: asker },
      details: { as: 'query' },
    });
  });

  it('B6: query that nobody asked is not there either, and no attempt', async () => {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    for (const path of [randomUUID(), 'x', '-'.repeat(36)]) {
      expect((await other.call('GET', `${gatewayUrl}/queries/${path}`, emergency)).status).toBe(404);
    }
    // Entries come in their order: what is refused after it is there alone.
    expect((await other.call('GET', `${gatewayUrl}/members`, treatment)).status).toBe(403);
    expect(await watch.one()).toMatchObject({ reason: 'purpose-not-served' });
  });

  it('B6: patients are not fed by another member', async () => {
    const { identifierSystem } = exchange.hospital('harborview');
    const identifier = { system: identifierSystem, value: 'MRN-1' };
    const url = `${fhirUrl}/Patient?identifier=${encodeURIComponent(`${identifier.system}|${identifier.value}`)}`;
    const body = { resourceType: 'Patient', identifier: [identifier], name: [{ family: 'Quillfeather' }] };
    const use = { purpose: 'HOPERAT', scope: 'system/Patient.cu' };
    const requester = { memberId: 'lakeside' };
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await other.call('PUT', url, { ...use, body });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'identifier-of-another']);
    expect(await watch.one()).toMatchObject({ reason: 'identifier-of-another', requester });

    const request = { method: 'PUT', url: url.slice(`${fhirUrl}/`.length) };
    const entry = [1, 2].map(() => ({ request, resource: body }));
    const again = await LedgerWatch.on(exchange, 'request.refused');
    const batch = await other.call('POST', fhirUrl, { ...use, body: { resourceType: 'Bundle', type: 'batch', entry } });
    expect(batch.json<Bundle>().entry?.map(({ response }) => response?.status)).toEqual(['403', '403']);
    expect(await again.one()).toMatchObject({ reason: 'identifier-of-another', requester });
  });

  it.each<[Method, string]>([
    ['GET', '/members'],
    ['POST', '/members'],
    ['POST', '/members/harborview/suspension'],
    ['DELETE', '/members/harborview/suspension'],
    ['GET', '/ledger/entries?count=1'],
  ])('B14, B6: %s %s is not for a member', async (method, path) => {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await other.call(method, `${gatewayUrl}${path}`, {
      purpose: 'HOPERAT',
      scope: 'system/*.rs',
      ...(method === 'POST' ? { body: { reason: 'x' } } : {}),
    });
    expect(answer.status).toBe(403);
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: 'purpose-not-served' });
  });

  it('B14: scopes and purposes of who runs the exchange are not had by asking', async () => {
    const scope = 'exchange/participants.manage';
    await expect(other.token({ purpose: 'HOPERAT', scope })).rejects.toThrow('invalid_scope');
    await expect(other.token({ purpose: 'HSYSADMIN', scope: 'system/*.rs' })).rejects.toThrow('invalid_request');
    await expect(other.token({ purpose: 'HCOMPL', scope: 'system/*.rs' })).rejects.toThrow('invalid_request');
  });

  it('G6: a member does not approve, change or reinstate itself', async () => {
    const calls: readonly [Method, string][] = [
      ['POST', '/members'],
      ['POST', '/members/lakeside/suspension'],
      ['DELETE', '/members/lakeside/suspension'],
      ['POST', '/members/lakeside/clients/lakeside-emr/keys'],
      ['DELETE', '/members/lakeside/clients/lakeside-emr/keys/x'],
    ];
    for (const [method, path] of calls) {
      const watch = await LedgerWatch.on(exchange, 'request.refused');
      const answer = await other.call(method, `${gatewayUrl}${path}`, {
        purpose: 'HOPERAT',
        scope: 'system/*.rs',
        ...(method === 'POST' ? { body: { reason: 'x' } } : {}),
      });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(await watch.one()).toMatchObject({ reason: 'purpose-not-served', requester: { memberId: 'lakeside' } });
    }
  });

  it('G3: way back to an account is not opened by who has asked for it', async () => {
    const administrator = await SignedInPerson.of(exchange, 'lakeside', 'Ada Alone', 'participant-administrator');
    const { personId } = await invite(exchange, 'lakeside', 'Lotte Lost', 'clinician');
    const ask = (path: string, body?: object) =>
      administrator.call('POST', `/people/${personId}/recovery${path}`, 'HSYSADMIN', body);
    expect((await ask('', { appLost: true })).status).toBe(202);
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await ask('/approval');
    await administrator.close();
    expect([answer.status, refusalIn(answer)]).toEqual([403, 'same-administrator']);
    const entry = await watch.one();
    expect(entry).toMatchObject({
      reason: 'same-administrator',
      purpose: 'HSYSADMIN',
      requester: { userId: administrator.personId },
      details: { outcome: 'same-administrator' },
    });
    expect(JSON.stringify(entry)).not.toMatch(/Lotte|people\.example/);
  });

  it('B13: rights in the body of a question are not believed', async () => {
    const { identifier: _local, ...stranger } = {
      ...patient,
      name: [{ family: 'Vantongeren', given: ['Ysolde'] }],
      birthDate: '1971-02-03',
    };
    const body = {
      ...matchBody(stranger as Patient),
      role: 'admin',
      member_id: 'harborview',
      allowed_purposes: ['BTG'],
      purpose: 'BTG',
    };
    const answer = await emr.call('POST', `${fhirUrl}/Patient/$match`, {
      ...treatment,
      body,
      headers: { 'x-member-id': 'harborview', 'txn-token': 'x.y.z', 'x-purpose': 'BTG' },
    });
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(/harborview|BTG/);
  });
});

describe('an endpoint', () => {
  let exchange: SharedExchange;
  beforeAll(() => {
    exchange = sharedExchange();
  });
  afterAll(() => exchange.close());

  const register = (url: string, over: object = {}): Promise<CallAnswer> =>
    exchange.operator.call('POST', `${exchange.description.gateway.url}/members`, {
      purpose: 'HSYSADMIN',
      scope: 'exchange/participants.manage',
      body: {
        memberId: 'way-in',
        organizationId: 'urn:oid:2.16.840.1.113883.19.901',
        name: 'Way In',
        identifierSystems: ['urn:oid:2.16.840.1.113883.19.901.1'],
        discloses: false,
        sites: [{ siteId: 'main', name: 'Main' }],
        endpoints: [{ kind: 'fhir-r4', url }],
        clients: [],
        ...over,
      },
    });

  /** A registration that is refused, and the one entry about it. */
  async function refused(url: string, over: object = {}): Promise<readonly [number, string]> {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await register(url, over);
    const { code } = answer.json<{ code: string }>();
    const requester = { clientId: 'exchange-operator' };
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: code, purpose: 'HSYSADMIN', requester });
    return [answer.status, code];
  }

  it.each([
    'https://127.0.0.2/fhir',
    'https://[::1]/fhir',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:169.254.169.254]/',
    'https://0x7f000002/fhir',
    'https://2130706434/fhir',
    'https://10.0.0.1/fhir',
    'https://192.168.1.1/fhir',
    'https://0.0.0.0/fhir',
    'https://[fd00::1]/fhir',
  ])('D5: at %s is refused when it is registered', async (url) => {
    expect(await refused(url)).toEqual([422, 'endpoint-not-allowed']);
  });

  it.each([
    'http://hospital.example/fhir',
    'file:///etc/passwd',
    'gopher://hospital.example/',
    'https://user@hospital.example/',
    'https://a:b@hospital.example/',
  ])('D5: %s is no endpoint', async (url) => {
    expect(await refused(url)).toEqual([422, 'registration-invalid']);
  });

  it('B15: of another organisation is not registered by its own word, nor under another’s identifiers', async () => {
    const { organizationId, identifierSystem } = exchange.hospital('harborview');
    for (const taken of [{ organizationId }, { identifierSystems: [identifierSystem] }]) {
      expect(await refused('https://hospital.example/fhir', taken)).toEqual([409, 'already-registered']);
    }
  });

  it('B13: of a member that says of itself that it is active is not registered', async () => {
    const claimed = await refused('https://hospital.example/fhir', { status: 'active', version: 7 });
    expect(claimed).toEqual([422, 'registration-invalid']);
  });
});

function quartiles(samples: readonly number[]): { readonly lower: number; readonly upper: number } {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] as number;
  return { lower: at(0.25), upper: at(0.75) };
}
