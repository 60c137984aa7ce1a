// Web Authentication, Level 3: https://www.w3.org/TR/webauthn-3/
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { DataSource } from 'typeorm';

import type { IdentityProviderConfig } from '../identity-provider.config.js';
import { AuthenticatorEntity } from '../people/authenticator.entity.js';
import { Clock } from '../people/clock.js';
import type { PersonDetails } from '../people/person-cipher.js';
import { Ceremonies } from './ceremonies.js';
import { isCopied } from './passkey-counter.js';
import { PasskeyRefused } from './passkey-refused.js';
import { readCredential } from './read-credential.js';

const TIMEOUT_MS = 120_000;
const RELYING_PARTY = 'Health information exchange';

/** A person whom a passkey has shown to be there, by something held and something only they know or are. */
export interface ProvenPerson {
  readonly personId: string;
  /** RFC 8176. */
  readonly amr: readonly string[];
}

/** Passkeys: registered and asked for with user verification, found by the browser (no user name is typed). */
@Injectable()
export class Passkeys {
  private readonly origin: string;
  private readonly rpID: string;

  constructor(
    private readonly source: DataSource,
    private readonly ceremonies: Ceremonies,
    private readonly clock: Clock,
    @Inject(SERVICE_CONFIG) config: IdentityProviderConfig,
  ) {
    const { origin, hostname } = new URL(config.ISSUER);
    this.origin = origin;
    this.rpID = hostname;
  }

  async registrationOptions(
    personId: string,
    { name, email }: PersonDetails,
    boundTo: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const held = await this.source.getRepository(AuthenticatorEntity).findBy({ personId, status: 'active' });
    return generateRegistrationOptions({
      ...{ rpName: RELYING_PARTY, rpID: this.rpID, timeout: TIMEOUT_MS, attestationType: 'none' },
      ...{ userName: email, userDisplayName: name, userID: bytesOf(personId) },
      challenge: await this.ceremonies.begin(boundTo),
      excludeCredentials: held.map(({ credentialId }) => ({ id: credentialId })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /** @throws PasskeyRefused */
  async register(personId: string, posted: unknown, boundTo: string): Promise<void> {
    const response = readCredential(posted) as unknown as RegistrationResponseJSON;
    const { credential, credentialBackedUp, credentialDeviceType } = await this.verified(
      boundTo,
      personId,
      (challenge) =>
        verifyRegistrationResponse({
          ...{ response, expectedChallenge: challenge, expectedOrigin: this.origin, expectedRPID: this.rpID },
          requireUserVerification: true,
        }).then(({ verified, registrationInfo }) => (verified ? registrationInfo : undefined)),
    );
    await this.source.getRepository(AuthenticatorEntity).insert({
      ...{ credentialId: credential.id, personId, publicKey: Buffer.from(credential.publicKey), status: 'active' },
      ...{ counter: String(credential.counter), transports: credential.transports ?? [] },
      ...{ deviceType: credentialDeviceType, backedUp: credentialBackedUp, createdAt: this.clock.now() },
    });
  }

  async signInOptions(boundTo: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const challenge = await this.ceremonies.begin(boundTo);
    return generateAuthenticationOptions({
      rpID: this.rpID,
      challenge,
      timeout: TIMEOUT_MS,
      userVerification: 'required',
    });
  }

  /**
   * Verifies an answer to a challenge.
   *
   * @throws PasskeyRefused `passkey-copied` where the counter went back: the signature was good, so there are two of this key, and
   *   neither may be used any more.
   */
  async verify(posted: unknown, boundTo: string): Promise<ProvenPerson> {
    const response = readCredential(posted) as unknown as AuthenticationResponseJSON;
    const credentialId = response.id;
    const known = await this.source.getRepository(AuthenticatorEntity).findOneBy({ credentialId });
    if (known === null) throw new PasskeyRefused('passkey-unknown');
    const { personId, transports, publicKey } = known;
    const { newCounter, credentialBackedUp } = await this.verified(boundTo, personId, (challenge) =>
      verifyAuthenticationResponse({
        ...{ response, expectedChallenge: challenge, expectedOrigin: this.origin, expectedRPID: this.rpID },
        requireUserVerification: true,
        // The counter is judged below, where a copy has consequences.
        credential: {
          ...{ id: credentialId, publicKey: Uint8Array.from(publicKey), counter: 0 },
          transports: transports as AuthenticatorTransport[],
        },
      }).then(({ verified, authenticationInfo }) => (verified ? authenticationInfo : undefined)),
    );
    await this.judge(credentialId, newCounter, credentialBackedUp);
    return { personId, amr: ['pop', 'user', 'mfa', known.deviceType === 'singleDevice' ? 'hwk' : 'swk'] };
  }

  /** Row by row, so that two answers at once are judged one after the other. */
  private async judge(credentialId: string, newCounter: number, backedUp: boolean): Promise<void> {
    const refusal = await this.source.transaction(async (manager) => {
      const where = { credentialId };
      const row = await manager.findOneOrFail(AuthenticatorEntity, { where, lock: { mode: 'pessimistic_write' } });
      if (row.status !== 'active') return new PasskeyRefused('passkey-suspended', row.personId);
      if (isCopied(Number(row.counter), newCounter)) {
        await manager.update(AuthenticatorEntity, where, { status: 'suspended' });
        return new PasskeyRefused('passkey-copied', row.personId);
      }
      const used = { counter: String(newCounter), backedUp, lastUsedAt: this.clock.now() };
      await manager.update(AuthenticatorEntity, where, used);
      return undefined;
    });
    if (refusal !== undefined) throw refusal;
  }

  /** Origin, relying party, challenge, user verification, signature: the library checks them and throws nameless errors. */
  private async verified<T>(
    boundTo: string,
    personId: string,
    verify: (challenge: (presented: string) => Promise<boolean>) => Promise<T | undefined>,
  ): Promise<T> {
    let isChallengeOurs = false;
    try {
      const info = await verify(async (presented) => {
        isChallengeOurs = await this.ceremonies.take(presented, boundTo);
        return isChallengeOurs;
      });
      if (info !== undefined) return info;
    } catch (cause) {
      throw new PasskeyRefused(isChallengeOurs ? 'passkey-not-verified' : 'challenge-unknown', personId, { cause });
    }
    throw new PasskeyRefused('passkey-not-verified', personId);
  }
}

const bytesOf = (personId: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(personId.replaceAll('-', ''), 'hex'));
