// What leaves the writer is what the reader lets in, and nothing else: ATTACKS E3, E4 at the level of whole messages.
import {
  type QueryRequested,
  type ServiceName,
  disclosureDecided,
  eventTypes,
  memberChanged,
  patientIdentified,
  queryRequested,
  recordLinked,
  services,
} from '@hie/contracts';
import { TrustError, mintTransactionToken, tokenVerifier } from '@hie/purpose-of-use';
import { TEST_AUDIENCE, TEST_ISSUER, testClaims, testExchangeKeys } from '@hie/testing-kit';

import type { ObjectStore } from './claim-check.js';
import { MessagingError } from './errors.js';
import { KeyAgreement, type WrappedKeys } from './key-agreement.js';
import { type ArrivedMessage, MessageReader } from './message-reader.js';
import { MessageWriter, type WrittenMessage } from './message-writer.js';
import { valueForm } from './payload-envelope.js';

const keys = testExchangeKeys();
const stored = new Map<string, Buffer>();
const store: ObjectStore = {
  put: (id, bytes) => Promise.resolve(void stored.set(id, bytes)),
  get: (id) => Promise.resolve(stored.get(id)),
  sweep: () => Promise.resolve(),
};
const writerOf = (service: Parameters<typeof keys.keyringOf>[0]) =>
  new MessageWriter(keys.keyringOf(service), store, service);
const readerOf = (service: Parameters<typeof keys.keyringOf>[0]) =>
  new MessageReader({
    service,
    keyring: keys.keyringOf(service),
    store,
    verifyToken: tokenVerifier({
      issuer: TEST_ISSUER,
      audience: TEST_AUDIENCE,
      keys: keys.keyringOf(service).tokenKeys,
      now: Date.now,
      capacity: 10,
      maxAgeMs: 1000,
    }).verify,
  });
const arrived = ({ message }: WrittenMessage, over: Partial<ArrivedMessage> = {}): ArrivedMessage => ({
  topic: message.topic,
  partition: 0,
  offset: '0',
  timestampMs: Date.now(),
  value: message.value,
  headers: message.headers,
  ...over,
});

async function ask(query = '{"who":"somebody"}') {
  const claims = testClaims(query);
  const token = mintTransactionToken(claims, keys.token.kid, keys.token.key);
  const writer = writerOf('gateway');
  const scope = writer.begin(token, claims);
  const body: QueryRequested = { txn: claims.txn, query };
  return { claims, scope, body, written: await writer.writeWithin(queryRequested, body, scope) };
}

async function code(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof TrustError || error instanceof MessagingError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a message of a transaction', () => {
  it('is read by its consumer with everything it needs to send the next', async () => {
    const { written, body, claims } = await ask();
    const read = await readerOf('patient-index').read(queryRequested, arrived(written));
    expect(read.body).toEqual(body);
    expect(read.scope?.claims.txn).toBe(claims.txn);
    const next = { ...body, identity: { outcome: 'none' as const }, candidates: [] };
    const onward = await writerOf('patient-index').writeWithin(patientIdentified, next, read.scope!, {
      decision: 'none',
    });
    const second = await readerOf('consent').read(patientIdentified, arrived(onward));
    expect(second.checked.hops.map(({ header }) => header.topic)).toEqual([
      queryRequested.topic,
      patientIdentified.topic,
    ]);
    expect(second.checked.seal.header.dec).toBe('none');
  });

  it('shows nothing of its body on the wire', async () => {
    const { written } = await ask('{"family":"Xylophonwood"}');
    const wire = Buffer.concat([written.message.value, Buffer.from(JSON.stringify(written.message.headers))]);
    expect(wire.toString('latin1')).not.toContain('Xylophonwood');
    expect(written.record.record.toString('latin1')).not.toContain('Xylophonwood');
  });

  it.each<[string, (message: ArrivedMessage) => ArrivedMessage, string]>([
    ['a flipped bit', (m) => ({ ...m, value: flipped(m.value, 20) }), 'body-mismatch'],
    ['no token', (m) => ({ ...m, headers: without(m.headers, 'hie-token') }), 'header-missing'],
    ['no seal', (m) => ({ ...m, headers: without(m.headers, 'hie-seals') }), 'header-missing'],
    ['keys that are none', (m) => ({ ...m, headers: { ...m.headers, 'hie-keys': 'x' } }), 'header-malformed'],
    ['another topic', (m) => ({ ...m, topic: 'elsewhere' }), 'topic-mismatch'],
  ])('is refused with %s', async (_name, spoil, expected) => {
    const { written } = await ask();
    await expect(code(readerOf('patient-index').read(queryRequested, spoil(arrived(written))))).resolves.toBe(expected);
  });

  it('is refused with the data key of another message', async () => {
    const [one, other] = [await ask(), await ask()];
    const headers = { ...one.written.message.headers, 'hie-keys': other.written.message.headers['hie-keys'] ?? '' };
    await expect(code(readerOf('patient-index').read(queryRequested, arrived(one.written, { headers })))).resolves.toBe(
      'body-unreadable',
    );
  });

  it('is refused when its query is not the one the token was minted for', async () => {
    const { claims, scope } = await ask();
    const other = await writerOf('gateway').writeWithin(
      queryRequested,
      { txn: claims.txn, query: '{"who":"else"}' },
      scope,
    );
    await expect(code(readerOf('patient-index').read(queryRequested, arrived(other)))).resolves.toBe('body-mismatch');
  });

  it('is refused by a service that is not its consumer', async () => {
    const { written } = await ask();
    await expect(code(readerOf('consent').read(queryRequested, arrived(written)))).resolves.toBe('not-a-consumer');
  });

  it('goes by claim check when it is large, and is the same', async () => {
    const query = JSON.stringify({ filler: 'x'.repeat(60_000), more: 'y'.repeat(3_000) });
    const { written, body } = await ask(query);
    expect(written.message.value[0]).toBe(valueForm.sealed);
    const large = { ...body, identity: { outcome: 'none' as const }, candidates: [], padding: 'z'.repeat(10_000) };
    const read = await readerOf('patient-index').read(queryRequested, arrived(written));
    const onward = await writerOf('patient-index').writeWithin(patientIdentified, large, read.scope!);
    expect(onward.message.value[0]).toBe(valueForm.claim);
    expect(onward.message.value.length).toBeLessThan(100);
    const opened = await readerOf('consent').read(patientIdentified, arrived(onward));
    expect(opened.body.query).toBe(query);
    const [id, bytes] = [...stored].at(-1)!;
    stored.set(id, flipped(bytes, 100));
    await expect(code(readerOf('consent').read(patientIdentified, arrived(onward)))).resolves.toBe('body-unreadable');
    stored.delete(id);
    await expect(code(readerOf('consent').read(patientIdentified, arrived(onward)))).resolves.toBe('claim-missing');
  });
});

describe('the data key of a message', () => {
  const within = eventTypes
    .filter(({ authority }) => authority === 'transaction')
    .map((type) => [type.topic, type] as const);

  it.each(within)('%s is wrapped for its consumers alone', async (_topic, type) => {
    const { claims, scope } = await ask();
    const producer = type.producers[0]!;
    const body: unknown = { ...(type.example as object), txn: claims.txn };
    const { message } = await writerOf(producer).writeWithin(type, body, scope);
    const wrapped = JSON.parse(message.headers['hie-keys'] ?? '') as WrappedKeys;
    expect(Object.keys(wrapped.w).sort()).toEqual([...type.consumers].sort());
    const member = keys.keyringOf(producer).memberKey(claims.tctx.org);
    const others = services.filter((service) => !type.consumers.includes(service));
    for (const service of others) {
      expect(() => new KeyAgreement(service, keys.keyringOf(service)).unwrap(wrapped, member)).toThrow('not-a-reader');
    }
  });

  it('opens no other message of its transaction: a stolen key of a hop reads no answer', async () => {
    const { written, claims } = await ask();
    const { scope } = await readerOf('patient-index').read(queryRequested, arrived(written));
    const next = { ...patientIdentified.example, txn: claims.txn };
    const onward = await writerOf('patient-index').writeWithin(patientIdentified, next, scope!);
    const opened = (from: WrittenMessage, service: ServiceName) => {
      const agreement = new KeyAgreement(service, keys.keyringOf(service));
      const member = keys.keyringOf(service).memberKey(claims.tctx.org);
      return agreement.unwrap(JSON.parse(from.message.headers['hie-keys'] ?? '') as WrappedKeys, member).export();
    };
    expect(opened(onward, 'consent')).not.toEqual(opened(written, 'patient-index'));
  });
});

describe('a member’s wrapping key', () => {
  it('destroyed, leaves nothing of what the member asked to read', async () => {
    const claims = { ...testClaims('{}'), tctx: { ...testClaims('{}').tctx, org: 'leaving-requester' } };
    const token = mintTransactionToken(claims, keys.token.kid, keys.token.key);
    const writer = writerOf('gateway');
    const scope = writer.begin(token, claims);
    const written = await writer.writeWithin(queryRequested, { txn: claims.txn, query: '{}' }, scope);
    const read = () => code(readerOf('patient-index').read(queryRequested, arrived(written)));
    await expect(read()).resolves.toBe('accepted');
    keys.destroyMember('leaving-requester');
    await expect(read()).resolves.toBe('member-key-missing');
    await expect(writer.writeWithin(queryRequested, { txn: claims.txn, query: '{}' }, scope)).rejects.toThrow(
      'member-key-missing',
    );
    // Nor does the service's own agreement, which unwrapped it until now, without the member's key.
    const wrapped = JSON.parse(written.message.headers['hie-keys'] ?? '') as WrappedKeys;
    const agreement = new KeyAgreement('patient-index', keys.keyringOf('patient-index'));
    expect(() => agreement.unwrap(wrapped)).toThrow('data-key-unreadable');
  });

  it('destroyed, leaves nothing of what was found at the member, in the message or in what follows', async () => {
    const body = { ...recordLinked.example, memberId: 'leaving-source' };
    const written = await writerOf('patient-index').write(recordLinked, body);
    expect(written.message.value[0]).toBe(valueForm.bound);
    const read = () => code(readerOf('record-locator').read(recordLinked, arrived(written)));
    await expect(read()).resolves.toBe('accepted');
    keys.destroyMember('leaving-source');
    await expect(read()).resolves.toBe('member-key-missing');
    await expect(writerOf('patient-index').write(recordLinked, body)).rejects.toThrow('member-key-missing');
  });

  it('goes along with the transaction once its data is in it', async () => {
    const { scope, claims, body } = await ask();
    const candidates = { ...patientIdentified.example, ...body, members: ['source-a', 'source-b'] };
    const asked = await writerOf('gateway').writeWithin(queryRequested, body, scope);
    const first = await readerOf('patient-index').read(queryRequested, arrived(asked));
    const found = await writerOf('patient-index').writeWithin(patientIdentified, candidates, first.scope!);
    const second = await readerOf('consent').read(patientIdentified, arrived(found));
    expect([first.scope?.members, second.scope?.members]).toEqual([[], ['source-a', 'source-b']]);
    const decided = { ...disclosureDecided.example, ...body, txn: claims.txn };
    const onward = await writerOf('consent').writeWithin(disclosureDecided, decided, second.scope!);
    expect(onward.message.value[0]).toBe(valueForm.bound);
    expect(onward.message.value.toString('latin1')).not.toContain('source-a');
    keys.destroyMember('source-b');
    await expect(code(readerOf('record-locator').read(disclosureDecided, arrived(onward)))).resolves.toBe(
      'member-key-missing',
    );
  });
});

describe('a service’s own event', () => {
  it('is read without a token, and not believed from anybody else', async () => {
    const written = await writerOf('participants').write(memberChanged, memberChanged.example);
    const read = await readerOf('gateway').read(memberChanged, arrived(written));
    expect(read.body).toEqual(memberChanged.example);
    expect(read.scope).toBeUndefined();
    const forged = await writerOf('gateway').write(memberChanged, memberChanged.example);
    await expect(code(readerOf('record-locator').read(memberChanged, arrived(forged)))).resolves.toBe(
      'producer-not-allowed',
    );
  });

  it('is refused when its body does not fit the contract', async () => {
    const written = await writerOf('participants').write(memberChanged, { nonsense: true } as never);
    await expect(code(readerOf('gateway').read(memberChanged, arrived(written)))).resolves.toBe('body-invalid');
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const without = (headers: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
