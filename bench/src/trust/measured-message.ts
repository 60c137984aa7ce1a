import { randomBytes, randomUUID } from 'node:crypto';

import type { ServiceName } from '@hie/contracts';
import { jwkSigningKey } from '@hie/key-store';
import {
  type ArrivedMessage,
  MessageReader,
  MessageWriter,
  type ObjectStore,
  type WrittenMessage,
  earlierSeals,
} from '@hie/messaging';
import { type TokenVerifier, mintTransactionTokenBy, tokenVerifier } from '@hie/purpose-of-use';
import { TEST_AUDIENCE, TEST_ISSUER, testClaims, testExchangeKeys } from '@hie/testing-kit';

import { type FloorBody, dressedIn, dressedOut } from '../query/floor/dressed-contracts.js';

export const SMALL_BYTES = 4 * 1024;
export const LARGE_BYTES = 200 * 1024;

/** Bodies as their JSON goes into the envelope; random, as a record is to whoever encrypts it. */
const fillers = {
  small: randomBytes((SMALL_BYTES * 3) / 4).toString('base64'),
  large: randomBytes((LARGE_BYTES * 3) / 4).toString('base64'),
} as const;

export type Size = keyof typeof fillers;

const plainOf = (size: Size): Buffer => Buffer.from(JSON.stringify({ txn: randomUUID(), filler: fillers[size] }));
const plains: Readonly<Record<Size, Buffer>> = { small: plainOf('small'), large: plainOf('large') };

export const keys = testExchangeKeys();
/** As the gateway's key file gives it. */
const signer = jwkSigningKey({ ...keys.token.key.export({ format: 'jwk' }), kid: keys.token.kid });

/** Bodies over 64 KiB go by claim check. In memory: what a disk costs is not what is measured. */
const bodies = new Map<string, Buffer>();
const store: ObjectStore = {
  put: (id, bytes) => Promise.resolve(void bodies.set(id, bytes)),
  get: (id) => Promise.resolve(bodies.get(id)),
  sweep: () => Promise.resolve(bodies.clear()),
};
/** Lets go of the large bodies of a round. */
export const forget = (): void => bodies.clear();
/** As a disk, it takes a body and keeps none of this process's memory. */
const away: ObjectStore = { ...store, put: () => Promise.resolve() };

export const writerOf = (service: ServiceName, sentTo: 'reader' | 'away' = 'reader'): MessageWriter =>
  new MessageWriter(keys.keyringOf(service), sentTo === 'away' ? away : store, service);

export const verifierOf = (service: ServiceName): TokenVerifier =>
  tokenVerifier({
    issuer: TEST_ISSUER,
    audience: TEST_AUDIENCE,
    keys: keys.keyringOf(service).tokenKeys,
    now: Date.now,
    capacity: 1_024,
    maxAgeMs: 600_000,
  });

export const readerOf = (service: ServiceName): MessageReader =>
  new MessageReader({ service, keyring: keys.keyringOf(service), store, verifyToken: verifierOf(service).verify });

/** The gateway as it is put together: one that knows its own tokens and seals again. */
export function wholeGateway() {
  const [keyring, tokens] = [keys.keyringOf('gateway'), verifierOf('gateway')];
  const seals = earlierSeals(keyring);
  return {
    tokens,
    writer: new MessageWriter(keyring, store, 'gateway', { onFirstSeal: seals.made }),
    reader: new MessageReader({
      ...{ service: 'gateway', keyring, store, verifyToken: tokens.verify, openEarlierSeal: seals.open },
    }),
  };
}

/** The contract of what a service sends on the path; of what comes in to it. */
export function contractOf(service: ServiceName, way: 'in' | 'out') {
  const type = way === 'in' ? dressedIn(service) : dressedOut(service);
  if (type === undefined) throw new RangeError(`${service} has no message ${way} on the path.`);
  return type as NonNullable<ReturnType<typeof dressedOut>>;
}

/** What the gateway does first: token, data key and its wrap, envelope, seal. */
export async function ask(gateway: MessageWriter, size: Size, tokens?: TokenVerifier): Promise<WrittenMessage> {
  const claims = testClaims('', { txn: randomUUID() });
  const token = await mintTransactionTokenBy(claims, signer);
  tokens?.minted(token, claims);
  const body: FloorBody = { txn: claims.txn, filler: fillers[size] };
  return gateway.writeWithin(contractOf('gateway', 'out'), body, gateway.begin(token, claims), { decision: 'asked' });
}

/** A written message as its consumer's client hands it over. */
export const arrived = ({ message }: WrittenMessage): ArrivedMessage => ({
  topic: message.topic,
  partition: 0,
  offset: '0',
  timestampMs: Date.now(),
  value: message.value,
  headers: message.headers,
});

/** A hop: what came in is verified and opened, what goes out is encrypted and sealed. */
export async function hop(
  service: ServiceName,
  reader: MessageReader,
  writer: MessageWriter,
  message: ArrivedMessage,
): Promise<WrittenMessage> {
  const { body, scope } = await reader.read(contractOf(service, 'in'), message);
  if (scope === undefined) throw new RangeError('A message of the path belongs to a transaction.');
  return writer.writeWithin(contractOf(service, 'out'), body, scope, { decision: 'done' });
}

/** What the body's own JSON takes in a hop: parsed by its contract, and written again. */
export function jsonOfBody(size: Size): Buffer {
  const plain = plains[size];
  return Buffer.from(JSON.stringify(contractOf('gateway', 'out').schema.parse(JSON.parse(plain.toString('utf8')))));
}
