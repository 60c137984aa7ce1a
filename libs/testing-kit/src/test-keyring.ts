import { type KeyObject, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';

import { type ServiceName, services } from '@hie/contracts';
import type { SealKeys, TokenKeys } from '@hie/purpose-of-use';

interface KeyWithId {
  readonly kid: string;
  readonly key: KeyObject;
}

/** Fits the `Keyring` port of `@hie/messaging` by shape; the kit knows nothing of the libraries it helps to test. */
export interface TestKeyring {
  sealingKey(): KeyWithId;
  sealKeys(): SealKeys;
  tokenKeys(): TokenKeys;
  agreementKey(kid: string): KeyObject | undefined;
  agreementKeyOf(service: string): KeyWithId | undefined;
  agreementPublicKey(kid: string): KeyObject | undefined;
  memberKey(memberId: string): KeyObject | undefined;
}

interface ServiceKeys {
  readonly seal: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly agree: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

/** The keys of a whole exchange, in memory. */
export interface TestExchangeKeys {
  keyringOf(service: ServiceName): TestKeyring;
  /** Signs transaction tokens, as the gateway does. */
  readonly token: KeyWithId;
  /** From now on nobody has this member's wrapping key. */
  destroyMember(memberId: string): void;
}

/** Makes keys for every service; each keyring holds its own private halves and everybody's public ones. */
export function testExchangeKeys(): TestExchangeKeys {
  const all = new Map(
    services.map((service): [ServiceName, ServiceKeys] => [
      service,
      { seal: generateKeyPairSync('ec', { namedCurve: 'P-256' }), agree: generateKeyPairSync('x25519') },
    ]),
  );
  const token = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const members = testMemberKeys();
  const sealKeys: SealKeys = new Map(
    [...all].map(([service, { seal }]) => [`${service}-seal`, { service, key: seal.publicKey }]),
  );
  const tokenKeys: TokenKeys = new Map([['gateway-token', token.publicKey]]);
  const publicAgreement = (service: string): KeyWithId | undefined => {
    const key = all.get(service as ServiceName)?.agree.publicKey;
    return key === undefined ? undefined : { kid: `${service}-agree`, key };
  };
  return {
    token: { kid: 'gateway-token', key: token.privateKey },
    destroyMember: (memberId) => members.destroy(memberId),
    keyringOf: (service) => {
      const own = all.get(service);
      if (own === undefined) throw new RangeError('There is no such service.');
      return {
        sealingKey: () => ({ kid: `${service}-seal`, key: own.seal.privateKey }),
        sealKeys: () => sealKeys,
        tokenKeys: () => tokenKeys,
        agreementKey: (kid) => (kid === `${service}-agree` ? own.agree.privateKey : undefined),
        agreementKeyOf: publicAgreement,
        agreementPublicKey: (kid) => publicAgreement(kid.replace(/-agree$/, ''))?.key,
        memberKey: (memberId) => members.find(memberId),
      };
    },
  };
}

/** Wrapping keys of members, in memory; fits `MemberWrappingKeys` of `@hie/persistence` by shape. Every member has one until it is destroyed. */
export interface TestMemberKeys {
  find(memberId: string): KeyObject | undefined;
  isDestroyed(memberId: string): boolean;
  destroy(memberId: string): void;
}

export function testMemberKeys(): TestMemberKeys {
  const keys = new Map<string, KeyObject>();
  const destroyed = new Set<string>();
  return {
    find: (memberId) => {
      if (destroyed.has(memberId)) return undefined;
      const key = keys.get(memberId) ?? createSecretKey(randomBytes(32));
      keys.set(memberId, key);
      return key;
    },
    isDestroyed: (memberId) => destroyed.has(memberId),
    destroy: (memberId) => void destroyed.add(memberId),
  };
}
