// What each service lets in, read off the handlers it mounts: nothing is open by oversight, and nobody handles what nobody granted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { consentStandingChanged, eventTypes, identityStandingChanged, services } from '@hie/contracts';
import { rightsFor } from '@hie/purpose-of-use';

import { type MountedHandlers, mountedHandlers } from './mounted-handlers.js';
import { checkout, ownFiles } from './workspace.js';

const health = ['GET /health/live', 'GET /health/ready'];

/** Routes that ask for no authority. Whoever adds one adds it here, and says in its comment why it may be public. */
const publicRoutes: Readonly<Record<(typeof services)[number], readonly string[]>> = {
  gateway: [
    'GET /cds-services',
    'GET /fhir/.well-known/smart-configuration',
    'GET /fhir/.well-known/udap',
    'GET /fhir/metadata',
    'GET /openapi.json',
    ...health,
  ],
  // Pages for people who have not signed in yet: what they may do is decided by a one-time code, a cookie or a passkey.
  'identity-provider': [
    'GET /assets/pages.css',
    'GET /assets/passkey.js',
    'GET /enrol',
    'GET /enrol/app',
    'GET /enrol/passkeys',
    'GET /interaction/:uid',
    'POST /enrol',
    'POST /enrol/app',
    'POST /enrol/passkeys',
    'POST /interaction/:uid',
    'POST /interaction/:uid/cancellation',
    // A system that is not registered yet shows its software statement, which is checked before anything is written.
    'POST /register',
    ...health,
  ],
  participants: health,
  'patient-index': health,
  consent: health,
  'record-locator': health,
  'document-query': health,
  // Static files of the log: anybody may verify it, and no entry names a patient.
  // So are proofs, the cosigned checkpoints, whether the witnesses answer, how far a replica has come, and whether the ledger goes on.
  'audit-ledger': [
    ...['GET /log/*', 'GET /log/shards', 'GET /checkpoints', 'GET /checkpoints/:size', 'GET /witnesses', 'GET /extent'],
    ...['GET /proofs/inclusion/:index', 'GET /proofs/consistency', 'GET /freshness'],
    ...health,
  ],
};

/** Files that open doors past Nest’s guards: OAuth's own endpoints, which authenticate clients themselves. */
const doorsPastTheGuards = ['apps/identity-provider/src/oidc/oidc.door.ts'];

/** What is a person's to decide, or to look at for a decision: no system is let in (docs/adr/0031). */
const decidedByPeople = [
  ...['GET /dead-letters/:service', 'POST /dead-letters/:service/replays'],
  ...['GET /identity/calibration', 'GET /identity/models', 'GET /identity/persons/:personId', 'GET /identity/reviews'],
  ...['GET /identity/reviews/:reviewId', 'POST /identity/merges', 'POST /identity/models'],
  ...['POST /identity/models/:version/promotion', 'POST /identity/records/:recordId/unlinking'],
  ...['POST /identity/reviews/:reviewId/decisions', 'POST /identity/unmerges'],
  ...['DELETE /ledger/holds/:id', 'POST /ledger/erasures', 'POST /ledger/holds', 'POST /ledger/patient-keys'],
  ...['POST /ledger/retention/drops', 'POST /ledger/samples'],
  ...['GET /ledger/cases/:id/evidence', 'POST /ledger/cases', 'POST /ledger/cases/:id/assignment'],
  ...['POST /ledger/cases/:id/comments', 'POST /ledger/cases/:id/outcome'],
  ...['DELETE /people/:id/roles/:role', 'PUT /people/:id/roles/:role'],
  ...['POST /people/:id/recovery', 'POST /people/:id/recovery/approval'],
];

/** What a member's systems, a directory or whatever brings members in may do without anybody signed in. */
const changedBySystemsToo = [
  ...['GET /break-glass-cases/:txn', 'GET /ledger/accounting', 'POST /break-glass-notices/:noticeId/acknowledgement'],
  ...['POST /fhir/Consent', 'PUT /fhir/Consent/:id'],
  ...['DELETE /members/:id/suspension', 'POST /members', 'POST /members/:id/suspension'],
  ...['DELETE /members/:memberId/clients/:clientId/keys/:thumbprint', 'POST /members/:memberId/clients/:clientId/keys'],
  ...['DELETE /people/:id/disablement', 'POST /people', 'POST /people/:id/disablement'],
  // Asks for a person in its handler, with a code of its own.
  'POST /break-glass',
];

/** Gateway controllers that start a query. */
const asking = /^(CdsHooks|Match|Records)Controller\./;

let mounted: ReadonlyMap<string, MountedHandlers>;
const all = <K extends keyof MountedHandlers>(key: K) => [...mounted.values()].flatMap((each) => [...each[key]]);

beforeAll(async () => {
  mounted = new Map(await Promise.all(services.map(async (name) => [name, await mountedHandlers(name)] as const)));
});

describe('the routes', () => {
  it.each(services.map((service) => [service, publicRoutes[service]] as const))(
    'of %s are public where this list says so',
    (service, expected) => {
      const found = mounted.get(service)?.routes.filter(({ isPublic }) => isPublic) ?? [];
      expect(found.map(({ route }) => route).sort()).toEqual([...expected].sort());
    },
  );

  it('that are not public each serve a purpose with a scope', () => {
    const guarded = all('routes').filter(({ isPublic }) => !isPublic);
    expect(guarded.length).toBeGreaterThan(15);
    const open = guarded.filter(({ policy }) => !policy?.purposes.length || !policy.scopes.length);
    expect(open.map(({ service, route }) => `${service}: ${route}`)).toEqual([]);
  });

  it('are not both public and reserved', () => {
    expect(all('routes').filter(({ isPublic, policy }) => isPublic && policy !== undefined)).toEqual([]);
  });

  it('are each another', () => {
    const names = all('routes').map(({ service, route }) => `${service} ${route}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('go past Nest’s guards in the known places only', () => {
    const sources = ownFiles('ts').filter((path) => /^(apps|libs)\//.test(path) && !/spec|hospital-sim/.test(path));
    const opening = sources.filter((path) =>
      /\.(get|post|put|delete|patch|all|route)\(\s*(url|['"`{]\/?\w*[^)]*,\s*(async )?\(_?request)/.test(
        readFileSync(join(checkout, path), 'utf8'),
      ),
    );
    expect([...opening].sort()).toEqual(doorsPastTheGuards);
  });
});

describe('the gateway’s routes', () => {
  const guarded = () => (mounted.get('gateway')?.routes ?? []).filter(({ isPublic }) => !isPublic);

  it('serve people where they say so, and otherwise systems alone', () => {
    const forSystems = guarded().filter(({ people }) => people === undefined);
    expect(forSystems.map(({ route }) => route).sort()).toEqual([
      'DELETE /fhir/Patient',
      'POST /cds-services/:id',
      'POST /fhir',
      'PUT /fhir/Patient',
    ]);
    expect(guarded().filter(({ people }) => people?.roles.length === 0)).toEqual([]);
  });

  it('ask for a fresh sign-in before whatever changes something, or opens what is closed', () => {
    const fresh = guarded().filter(({ people }) => people?.stepUp !== undefined);
    const asksOnly = /^GET |\/\$match$|\/_search$/;
    const takesOut = ['GET /ledger/accounting', 'GET /ledger/cases/:id/evidence', 'GET /break-glass-cases/:txn'];
    const changing = guarded().filter(
      ({ route, people }) => people !== undefined && (takesOut.includes(route) || !asksOnly.test(route)),
    );
    expect(changing.length).toBeGreaterThan(10);
    expect(fresh.map(({ route }) => route).sort()).toEqual(changing.map(({ route }) => route).sort());
    expect(fresh.find(({ route }) => route === 'POST /break-glass')?.people).toEqual({
      roles: ['clinician'],
      stepUp: 'break-glass',
    });
  });

  it('serve people alone where somebody decides, and say so', () => {
    const alone = guarded().filter(({ people }) => people?.peopleAlone === true);
    expect(alone.map(({ route }) => route).sort()).toEqual([...decidedByPeople].sort());
    // What changes something and is open to systems as well. Whoever adds a route decides which of the two it is.
    const both = guarded().filter(({ people }) => people?.stepUp !== undefined && people.peopleAlone !== true);
    expect(both.map(({ route }) => route).sort()).toEqual([...changedBySystemsToo].sort());
  });

  it('serve people only with roles that have one of their purposes and scopes', () => {
    for (const { route, policy, people } of guarded().filter((each) => each.people !== undefined)) {
      const reached = (people?.roles ?? []).filter((role) =>
        policy?.purposes.some((purpose) => rightsFor([role], purpose).scopes.length > 0),
      );
      expect({ route, reached }).toEqual({ route, reached: people?.roles });
    }
  });
});

describe('the controllers', () => {
  it('in the sources are all mounted', () => {
    const declared = ownFiles('ts')
      .filter((path) => /^(apps|libs)\/.*\.(controller|consumer)\.ts$/.test(path) && !/hospital-simulator/.test(path))
      .flatMap((path) => [...readFileSync(join(checkout, path), 'utf8').matchAll(/^export class (\w+)/gm)])
      .map(([, name]) => name);
    expect(declared.length).toBeGreaterThan(15);
    expect(declared.filter((name) => !all('controllers').some((controller) => controller.name === name))).toEqual([]);
  });
});

describe('the topic handlers', () => {
  it('of a transaction’s topic each serve a purpose with a scope', () => {
    const ofTransactions = all('topicHandlers').filter(
      ({ consumption }) => consumption.type.authority === 'transaction',
    );
    expect(ofTransactions.length).toBeGreaterThan(4);
    const undeclared = ofTransactions.filter(({ policy }) => !policy?.purposes.length || !policy.scopes.length);
    expect(undeclared.map(({ service, name }) => `${service}: ${name}`)).toEqual([]);
  });

  it('serve at every hop what the doors accept, so that no query is let in that a hop refuses', () => {
    const accepted = all('routes').filter(({ name }) => asking.test(name));
    const purposes = new Set(accepted.flatMap(({ policy }) => policy?.purposes ?? []));
    expect([...purposes]).toEqual(expect.arrayContaining(['ETREAT', 'TREAT']));
    const hops = all('topicHandlers').filter(({ consumption }) => consumption.type.authority === 'transaction');
    for (const { service, policy } of hops) {
      expect({ service, purposes: policy?.purposes }).toEqual({
        service,
        purposes: expect.arrayContaining([...purposes]) as unknown,
      });
    }
  });

  it.each(eventTypes.map((type) => [type.topic, type] as const))('of %s belong to its consumers', (_topic, type) => {
    const handling = all('topicHandlers').filter(({ consumption }) => consumption.type.topic === type.topic);
    expect([...new Set(handling.map(({ service }) => service))].sort()).toEqual([...type.consumers].sort());
    expect(handling).toHaveLength(type.consumers.length);
  });

  it('keep as a table only what the broker keeps for ever, but for what changed lately', () => {
    // Nothing that was decided more than an hour ago is on its way or held (docs/adr/0192).
    const lately = [consentStandingChanged.topic, identityStandingChanged.topic];
    const tables = all('topicHandlers').filter(
      ({ consumption }) => consumption.delivery === 'table' && !lately.includes(consumption.type.topic),
    );
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.filter(({ consumption }) => consumption.type.retention.kind !== 'compact')).toEqual([]);
  });
});
