import type { KeyObject } from 'node:crypto';

import type { SealKeys, TokenKeys } from '@hie/purpose-of-use';

export interface KeyWithId {
  readonly kid: string;
  readonly key: KeyObject;
}

/**
 * The keys of one service instance, and the pinned public keys of all others.
 *
 * A port: `@hie/service-kit` implements it over files, a deployment may over PKCS#11 or a cloud's KMS. Each method is asked anew
 * every time, so a rotation takes effect without a restart.
 */
export interface Keyring {
  /** P-256, one an instance: signs what this instance sends. */
  sealingKey(): KeyWithId;
  /** Whose seals are believed. */
  sealKeys(): SealKeys;
  /** Whose transaction tokens are believed. */
  tokenKeys(): TokenKeys;
  /** X25519, one a service: the private half by `kid`, the newest and those still needed to read. */
  agreementKey(kid: string): KeyObject | undefined;
  /** The newest public X25519 key of a service: what others wrap data keys for. */
  agreementKeyOf(service: string): KeyWithId | undefined;
  /** Any service's public X25519 key by `kid`. */
  agreementPublicKey(kid: string): KeyObject | undefined;
  /** A member's wrapping key (256 bits), under which all that holds its data lies too; `undefined` when it was destroyed or never made. */
  memberKey(memberId: string): KeyObject | undefined;
}
