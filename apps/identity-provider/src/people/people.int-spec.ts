// People from invitation to recovery, over PostgreSQL, with passkeys in software and a clock that is held.
import { randomUUID } from 'node:crypto';

import { SoftwareAuthenticator, testSchema } from '@hie/testing-kit';
import { OPERATOR } from '@hie/contracts';
import type { Role } from '@hie/purpose-of-use';
import { generate } from 'otplib';

import type { Enrolment } from '../enrolment/enrolment.handler.js';
import { OidcPayloadEntity } from '../oidc/oidc-payload.entity.js';
import { AuthenticatorEntity } from './authenticator.entity.js';
import { DormancySweeper } from './dormancy.sweeper.js';
import { ISSUER, MEMBER, type PeopleFixture, asPerson, asSystem, peopleFixture } from './people.fixture.js';
import { PersonEntity, rolesOf } from './person.entity.js';

const rpId = new URL(ISSUER).hostname;
const CHECK_VIOLATION = '23514';
const here = { address: '192.0.2.7' };

let fixture: PeopleFixture;
let count = 0;

beforeEach(async () => {
  fixture = await peopleFixture(await testSchema());
});
afterEach(() => fixture.close());

const invite = (roles: Role[] = ['clinician'], by = asPerson('admin-1')) =>
  fixture.people.invite(
    { memberId: MEMBER, name: 'Vera Example', email: `vera.${(count += 1)}@mercy.example`, roles },
    by,
  );

const codeOf = (secret: string, offsetS = 0) =>
  generate({ secret, epoch: Math.floor(fixture.clock.now().getTime() / 1000) + offsetS });

async function enrolmentOf(code: string): Promise<Enrolment> {
  const opened = await fixture.enrolment.open(code, here);
  if ('refused' in opened) throw new Error('The code opens nothing.', { cause: opened.refused });
  return found(opened.cookie);
}

async function found(cookie: string): Promise<Enrolment> {
  const enrolment = await fixture.enrolment.find(cookie);
  if (enrolment === undefined) throw new Error('There is no such enrolment.');
  return enrolment;
}

async function addPasskey(enrolment: Enrolment): Promise<SoftwareAuthenticator> {
  const authenticator = new SoftwareAuthenticator();
  const { personId } = enrolment.person;
  const { challenge } = await fixture.passkeys.registrationOptions(personId, enrolment.details, 'here');
  await fixture.passkeys.register(
    personId,
    JSON.stringify(authenticator.create({ challenge, origin: ISSUER, rpId })),
    'here',
  );
  await fixture.enrolment.passkeyAdded(enrolment, here);
  return authenticator;
}

async function enrolled(): Promise<{ personId: string; secret: string; passkeys: SoftwareAuthenticator[] }> {
  const { personId, code } = await invite();
  const enrolment = await enrolmentOf(code);
  const secret = enrolment.secret ?? '';
  expect(await fixture.enrolment.confirmApp(enrolment, await codeOf(secret), here)).toBe(true);
  return { personId, secret, passkeys: [await addPasskey(enrolment), await addPasskey(enrolment)] };
}

async function signIn(authenticator: SoftwareAuthenticator) {
  const { challenge } = await fixture.passkeys.signInOptions('interaction 1');
  const posted = JSON.stringify(authenticator.get({ challenge, origin: ISSUER, rpId }));
  return fixture.signIn.signIn(posted, 'interaction 1', { clientId: 'hie-console' });
}

const personOf = (personId: string) => fixture.source.getRepository(PersonEntity).findOneByOrFail({ personId });
const refusalOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    ({ code }: { code: string }) => code,
  );

describe('an invitation', () => {
  it('keeps no name, no address and no code that could be read', async () => {
    const { code } = await invite();
    const { rows } = await fixture.schema.pool.query<{ dump: string }>(
      `select string_agg(row::text, '') as dump from (select p::text as row from person p union all select i::text from invitation i) all_rows`,
    );
    expect(rows[0]?.dump.length).toBeGreaterThan(200);
    for (const secret of ['Vera', 'mercy.example', code]) {
      expect(rows[0]?.dump).not.toContain(secret);
      expect(rows[0]?.dump).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  it('is good once, for two days, and not for somebody who was disabled meanwhile', async () => {
    const used = await invite();
    const enrolment = await enrolmentOf(used.code);
    await fixture.enrolment.confirmApp(enrolment, await codeOf(enrolment.secret ?? ''), here);
    expect(await fixture.enrolment.open(used.code, here)).toEqual({ refused: 'invitation-used' });
    const disabled = await invite();
    await fixture.people.disable(disabled.personId, 'left', asPerson('admin-1'));
    expect(await fixture.enrolment.open(disabled.code, here)).toEqual({ refused: 'invitation-unknown' });
    const late = await invite();
    fixture.clock.forward(48);
    expect(await fixture.enrolment.open(late.code, here)).toEqual({ refused: 'invitation-expired' });
    expect(await fixture.enrolment.open('00000-00000', here)).toEqual({ refused: 'invitation-unknown' });
  });

  it('is given once to an address of a member', async () => {
    const person = { memberId: MEMBER, name: 'Vera', email: 'Twice@mercy.example', roles: ['clinician' as const] };
    await fixture.people.invite(person, asPerson('admin-1'));
    const again = fixture.people.invite({ ...person, email: 'twice@mercy.example ' }, asPerson('admin-1'));
    expect(await refusalOf(again)).toBe('already-invited');
  });
});

describe('an account of a patient', () => {
  const handle = '6f1c1f0e-5d3a-4a3e-9f6f-0d8d1b7a2c11';
  const details = () => ({ memberId: MEMBER, name: 'Paula', email: `paula.${(count += 1)}@home.example` });

  it('names the patient, sealed, and has no other role, now or later', async () => {
    const invited = await fixture.people.invite(
      { ...details(), roles: ['patient'], patient: handle },
      asPerson('admin-1'),
    );
    const { patient } = await personOf(invited.personId);
    expect(patient?.length).toBeGreaterThan(handle.length);
    expect(patient?.includes(handle)).toBe(false);
    for (const role of ['clinician', 'proxy'] as const) {
      const granted = fixture.people.grantRole(invited.personId, role, asPerson('admin-1'));
      expect([role, await refusalOf(granted)]).toEqual([role, 'patient-with-other-roles']);
    }
    expect(rolesOf(await personOf(invited.personId))).toEqual(['patient']);
  });

  it('is not made of staff', async () => {
    const { personId } = await invite();
    expect(await refusalOf(fixture.people.grantRole(personId, 'proxy', asPerson('admin-1')))).toBe(
      'patient-with-other-roles',
    );
    await fixture.people.withdrawRole(personId, 'clinician', asPerson('admin-1'));
    expect(await refusalOf(fixture.people.grantRole(personId, 'proxy', asPerson('admin-1')))).toBe('patient-missing');
  });

  it.each<[string, Role[], string | undefined, string]>([
    ['names nobody', ['patient'], undefined, 'patient-missing'],
    ['is a clinician’s too', ['clinician', 'proxy'], handle, 'patient-with-other-roles'],
    ['is a clinician’s who names a patient', ['clinician'], handle, 'patient-unwanted'],
  ])('is refused when it %s', async (_what, roles, patient, code) => {
    const invited = fixture.people.invite(
      { ...details(), roles, ...(patient === undefined ? {} : { patient }) },
      asPerson('admin-1'),
    );
    expect(await refusalOf(invited)).toBe(code);
  });
});

describe('somebody of another member', () => {
  it('is told as one that is not there; the ledger learns what was tried', async () => {
    const { personId } = await invite();
    const stranger = asPerson('admin-9', 'saint-brigid');
    const notThere = { code: 'person-unknown', status: 404 };
    const tried = { ...notThere, attempt: 'person-of-another' };
    await expect(fixture.people.grantRole(personId, 'registrar', stranger)).rejects.toMatchObject(tried);
    await expect(fixture.people.disable(personId, 'a joke', stranger)).rejects.toMatchObject(tried);
    await expect(fixture.recoveries.request(personId, true, stranger)).rejects.toMatchObject(tried);
    await expect(invite(['clinician'], stranger)).rejects.toMatchObject(tried);
    const nobody = fixture.people.disable(randomUUID(), 'a joke', stranger);
    await expect(nobody).rejects.toMatchObject({ ...notThere, attempt: undefined });
  });
});

describe('the authenticator app', () => {
  it('opens enrolment with a right code, and ends it after five wrong ones', async () => {
    const { code } = await invite();
    const enrolment = await enrolmentOf(code);
    const right = await codeOf(enrolment.secret ?? '');
    const wrong = right === '000000' ? '000001' : '000000';
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(await fixture.enrolment.confirmApp(enrolment, wrong, here)).toBe(false);
    expect(fixture.told.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['app-code-wrong', 'app-codes-exhausted']),
    );
    expect(await fixture.enrolment.open(code, here)).toEqual({ refused: 'invitation-used' });
  });

  it('counts wrong codes over all the sessions that one invitation has opened', async () => {
    const { code } = await invite();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await fixture.enrolment.confirmApp(await enrolmentOf(code), 'wrong', here);
    }
    expect(await fixture.enrolment.open(code, here)).toEqual({ refused: 'invitation-used' });
  });

  it('lets one in where two have typed the same code', async () => {
    const { personId, code } = await invite();
    const [owner, thief] = [await enrolmentOf(code), await enrolmentOf(code)];
    expect(await fixture.enrolment.confirmApp(owner, await codeOf(owner.secret ?? ''), here)).toBe(true);
    const { totpSecret } = await personOf(personId);
    expect(await fixture.enrolment.confirmApp(thief, await codeOf(thief.secret ?? ''), here)).toBe(false);
    expect((await personOf(personId)).totpSecret).toEqual(totpSecret);
    expect(fixture.told.at(-1)).toMatchObject({
      ...{ action: 'enrolment.refused', reason: 'invitation-used', requester: { userId: personId, ...here } },
    });
  });

  it('yields no sign-in: who has set it up and has no passkey is nobody yet', async () => {
    const { personId, code } = await invite();
    const enrolment = await enrolmentOf(code);
    await fixture.enrolment.confirmApp(enrolment, await codeOf(enrolment.secret ?? ''), here);
    expect(await personOf(personId)).toMatchObject({ status: 'invited' });
    expect((await signIn(new SoftwareAuthenticator())).kind).toBe('refused');
  });
});

describe('a sign-in', () => {
  it('wants two passkeys on record, and says how it was made', async () => {
    const { code } = await invite();
    const enrolment = await enrolmentOf(code);
    await fixture.enrolment.confirmApp(enrolment, await codeOf(enrolment.secret ?? ''), here);
    const first = await addPasskey(enrolment);
    expect(await signIn(first)).toMatchObject({ kind: 'enrol' });
    await addPasskey(enrolment);
    expect(await signIn(first)).toMatchObject({
      kind: 'signed-in',
      login: { acr: 'urn:hie:aal2', amr: ['pop', 'user', 'mfa', 'hwk'], remember: false },
    });
  });

  it('ends with ninety days of absence, before and after the sweeper has come by', async () => {
    const { personId, passkeys } = await enrolled();
    const [first] = passkeys as [SoftwareAuthenticator];
    fixture.clock.forward(90 * 24 - 1);
    expect((await signIn(first)).kind).toBe('signed-in');
    fixture.clock.forward(90 * 24);
    expect(await signIn(first)).toEqual({ kind: 'refused', reason: 'account-dormant' });
    const sweeper = new DormancySweeper(fixture.source, fixture.clock, fixture.trail, {} as never);
    expect(await sweeper.sweep()).toEqual([personId]);
    expect(await signIn(first)).toEqual({ kind: 'refused', reason: 'account-disabled' });
    expect(await sweeper.sweep()).toEqual([]);
    await fixture.people.enable(personId, asPerson('admin-1'));
    expect((await signIn(first)).kind).toBe('signed-in');
  });
});

describe('a recovery', () => {
  it('wants a second administrator and a day, and then ends what was lost', async () => {
    const { personId, secret, passkeys } = await enrolled();
    await fixture.source
      .getRepository(OidcPayloadEntity)
      .insert({ model: 'Session', id: 's', payload: { accountId: personId } });
    await fixture.recoveries.request(personId, false, asPerson('admin-1'));
    expect(await refusalOf(fixture.recoveries.request(personId, false, asPerson('admin-2')))).toBe('recovery-pending');
    expect(await refusalOf(fixture.recoveries.approve(personId, asPerson('admin-1')))).toBe('same-administrator');
    expect(await refusalOf(fixture.recoveries.approve(personId, asPerson(personId)))).toBe('own-access');
    const { code } = await fixture.recoveries.approve(personId, asPerson('admin-2'));
    fixture.clock.forward(23.99);
    expect(await fixture.enrolment.open(code, here)).toEqual({ refused: 'invitation-not-yet' });
    fixture.clock.forward(0.01);
    const enrolment = await enrolmentOf(code);
    // The app was not lost: its code is asked for, and no new secret is shown.
    expect(enrolment.secret).toBeUndefined();
    expect(await fixture.enrolment.confirmApp(enrolment, await codeOf(secret), here)).toBe(true);
    expect(await signIn(passkeys[0]!)).toEqual({ kind: 'refused', reason: 'passkey-suspended' });
    expect(await fixture.source.getRepository(OidcPayloadEntity).count()).toBe(0);
    const fresh = await addPasskey(enrolment);
    expect((await signIn(fresh)).kind).toBe('enrol');
    await addPasskey(enrolment);
    expect((await signIn(fresh)).kind).toBe('signed-in');
  });

  it('is ended by its owner’s signing in, who has lost nothing', async () => {
    const { personId, passkeys } = await enrolled();
    await fixture.recoveries.request(personId, true, asPerson('admin-1'));
    const { code } = await fixture.recoveries.approve(personId, asPerson('admin-2'));
    fixture.clock.forward(12);
    expect((await signIn(passkeys[1]!)).kind).toBe('signed-in');
    fixture.clock.forward(13);
    expect(await fixture.enrolment.open(code, here)).toEqual({ refused: 'invitation-expired' });
  });

  it('is not approved by one system under two names', async () => {
    const { personId } = await enrolled();
    await fixture.recoveries.request(personId, true, asSystem('portal', OPERATOR, 'anna'));
    expect(await refusalOf(fixture.recoveries.approve(personId, asSystem('portal', OPERATOR, 'bert')))).toBe(
      'same-administrator',
    );
  });
});

describe('the tables', () => {
  it.each<[string, string]>([
    [
      'a role that somebody gave themselves',
      `insert into person_role (person_id, role, granted_by) values ($1::uuid, 'registrar', ($1::uuid)::text)`,
    ],
    ['a role that is none', `insert into person_role (person_id, role, granted_by) values ($1, 'god', 'admin-1')`],
    [
      'a recovery approved by whoever asked for it',
      `insert into invitation (invitation_id, person_id, kind, code_hash, issued_by, approved_by, app_lost, usable_at, expires_at)
       values (gen_random_uuid(), $1, 'recovery', '\\x00', 'admin-1', 'admin-1', false, now(), now())`,
    ],
    [
      'a recovery with a code and nobody’s approval',
      `insert into invitation (invitation_id, person_id, kind, code_hash, issued_by, app_lost, usable_at, expires_at)
       values (gen_random_uuid(), $1, 'recovery', '\\x00', 'admin-1', false, now(), now())`,
    ],
    [
      'a client’s secret',
      `insert into oidc_payload (model, id, payload) values ('Client', $1, '{"client_secret":"x"}')`,
    ],
  ])('refuse %s', async (_name, statement) => {
    const { personId } = await invite();
    expect(await refusalOf(fixture.schema.pool.query(statement, [personId]))).toBe(CHECK_VIOLATION);
  });

  it('have no column for a password', async () => {
    const columns = await fixture.schema.pool.query<{ column_name: string }>(
      'select column_name from information_schema.columns where table_schema = $1',
      [fixture.schema.name],
    );
    const names = columns.rows.map(({ column_name: name }) => name);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => /pass|pwd/.test(name))).toEqual([]);
  });

  it('say who gave a role', async () => {
    const { personId } = await invite();
    const changed = await fixture.people.grantRole(personId, 'registrar', asPerson('admin-1'));
    expect(rolesOf(changed)).toEqual(['clinician', 'registrar']);
    expect(changed.roles.map(({ grantedBy }) => grantedBy)).toEqual(['admin-1', 'admin-1']);
    expect(await refusalOf(fixture.people.grantRole(personId, 'registrar', asPerson(personId)))).toBe('own-access');
    expect(await fixture.source.getRepository(AuthenticatorEntity).count()).toBe(0);
  });
});
