// What a passkey's answer must be, with an authenticator in software that misbehaves as it is told (ATTACKS G2).
import { randomUUID } from 'node:crypto';

import { type CeremonyOptions, SoftwareAuthenticator, testSchema } from '@hie/testing-kit';

import { AuthenticatorEntity } from '../people/authenticator.entity.js';
import { ISSUER, type PeopleFixture, peopleFixture } from '../people/people.fixture.js';
import { PasskeyRefused } from './passkey-refused.js';

const HERE = 'interaction 1';
const rpId = new URL(ISSUER).hostname;
const details = { name: 'Vera Example', email: 'vera@mercy.example' };

let fixture: PeopleFixture;
let authenticator: SoftwareAuthenticator;
let personId: string;

beforeAll(async () => {
  fixture = await peopleFixture(await testSchema());
});
afterAll(() => fixture.close());

beforeEach(async () => {
  authenticator = new SoftwareAuthenticator();
  personId = randomUUID();
  await register({});
});

async function register(over: Partial<CeremonyOptions>, by = authenticator): Promise<void> {
  const { challenge } = await fixture.passkeys.registrationOptions(personId, details, HERE);
  const posted = JSON.stringify(by.create({ challenge, origin: ISSUER, rpId, ...over }));
  await fixture.passkeys.register(personId, posted, HERE);
}

async function answer(over: Partial<CeremonyOptions> = {}, boundTo = HERE, by = authenticator) {
  const { challenge } = await fixture.passkeys.signInOptions(HERE);
  return fixture.passkeys.verify(JSON.stringify(by.get({ challenge, origin: ISSUER, rpId, ...over })), boundTo);
}

async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof PasskeyRefused) return error.code;
    throw error;
  }
}

const stored = () =>
  fixture.source
    .getRepository(AuthenticatorEntity)
    .findOneByOrFail({ credentialId: authenticator.credentialId.toString('base64url') });

describe('a passkey’s answer', () => {
  it('proves the person, with the methods used, and its counter is kept', async () => {
    expect(await answer()).toEqual({ personId, amr: ['pop', 'user', 'mfa', 'hwk'] });
    expect(await stored()).toMatchObject({ counter: '2', status: 'active', deviceType: 'singleDevice' });
  });

  it.each<[string, Partial<CeremonyOptions>, string]>([
    ['without user verification', { userVerified: false }, 'passkey-not-verified'],
    ['from another origin', { origin: 'https://id.hie.example.evil.example' }, 'passkey-not-verified'],
    ['over plain http', { origin: 'http://id.hie.example' }, 'passkey-not-verified'],
    ['for another relying party', { rpId: 'evil.example' }, 'passkey-not-verified'],
    ['to a challenge of its own', { challenge: Buffer.alloc(32).toString('base64url') }, 'challenge-unknown'],
  ])('is refused %s', async (_name, over, code) => {
    expect(await refusal(answer(over))).toBe(code);
    expect(await refusal(answer())).toBeUndefined();
  });

  it('is refused a second time: a challenge is taken once', async () => {
    const { challenge } = await fixture.passkeys.signInOptions(HERE);
    const posted = JSON.stringify(authenticator.get({ challenge, origin: ISSUER, rpId }));
    expect(await refusal(fixture.passkeys.verify(posted, HERE))).toBeUndefined();
    expect(await refusal(fixture.passkeys.verify(posted, HERE))).toBe('challenge-unknown');
  });

  it('is refused in another’s sign-in, and after five minutes', async () => {
    expect(await refusal(answer({}, 'interaction 2'))).toBe('challenge-unknown');
    const { challenge } = await fixture.passkeys.signInOptions(HERE);
    fixture.clock.forward(5 / 60);
    const posted = JSON.stringify(authenticator.get({ challenge, origin: ISSUER, rpId }));
    expect(await refusal(fixture.passkeys.verify(posted, HERE))).toBe('challenge-unknown');
  });

  it('is refused where the counter goes back, and the passkey with it', async () => {
    await answer({ counter: 10 });
    expect(await refusal(answer({ counter: 10 }))).toBe('passkey-copied');
    expect(await stored()).toMatchObject({ status: 'suspended', counter: '10' });
    expect(await refusal(answer({ counter: 11 }))).toBe('passkey-suspended');
  });

  it('suspends nothing for a counter that an unsigned answer claims', async () => {
    await answer({ counter: 10 });
    const forger = new SoftwareAuthenticator();
    authenticator.credentialId.copy(forger.credentialId);
    expect(await refusal(answer({ counter: 1 }, HERE, forger))).toBe('passkey-not-verified');
    expect(await stored()).toMatchObject({ status: 'active', counter: '10' });
  });

  it.each<[string, unknown, string]>([
    ['nothing, because no script ran', '', 'passkey-missing'],
    ['no JSON', '{', 'passkey-malformed'],
    ['JSON that is no credential', '{"id":7}', 'passkey-malformed'],
    ['more than a credential can be', `"${'x'.repeat(40_000)}"`, 'passkey-malformed'],
    ['a list of fields', ['{}'], 'passkey-missing'],
  ])('is refused when it is %s', async (_name, posted, code) => {
    expect(await refusal(fixture.passkeys.verify(posted, HERE))).toBe(code);
  });

  it('is refused from a passkey that nobody registered', async () => {
    expect(await refusal(answer({}, HERE, new SoftwareAuthenticator()))).toBe('passkey-unknown');
  });
});

describe('a registration', () => {
  it.each<[string, Partial<CeremonyOptions>, string]>([
    ['without user verification', { userVerified: false }, 'passkey-not-verified'],
    ['from another origin', { origin: 'https://evil.example' }, 'passkey-not-verified'],
    ['to an old challenge', { challenge: Buffer.alloc(32).toString('base64url') }, 'challenge-unknown'],
  ])('is refused %s', async (_name, over, code) => {
    expect(await refusal(register(over, new SoftwareAuthenticator()))).toBe(code);
  });

  it('asks for a passkey that is found by itself, verifies its person, and is not there yet', async () => {
    const options = await fixture.passkeys.registrationOptions(personId, details, HERE);
    expect(options).toMatchObject({
      rp: { id: rpId },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: authenticator.credentialId.toString('base64url') }],
    });
  });
});
