import { OPERATOR } from '@hie/contracts';
import {
  MAX_SIGN_IN_AGE_S,
  type Purpose,
  type Role,
  STEP_UP_MAX_AGE_S,
  TrustError,
  personScopes,
  rightsFor,
  soleOf,
} from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { type KoaContextWithOIDC, errors } from 'oidc-provider';
import { DataSource } from 'typeorm';

import { accountState } from '../people/account-state.js';
import { Clock } from '../people/clock.js';
import { decideSignIn } from '../people/decide-account.js';
import { PersonCipher } from '../people/person-cipher.js';
import { PersonEntity, rolesOf } from '../people/person.entity.js';

/** What a token says of a person, beside the standard's own claims. */
export interface PersonClaims {
  readonly purpose_of_use: Purpose;
  readonly member_id: string;
  readonly organization: string;
  readonly roles: readonly string[];
  readonly acr: string;
  readonly amr: readonly string[];
  readonly auth_time: number;
  /** Of a patient or a proxy: the member's handle of the one patient whom the token is about. */
  readonly patient?: string;
  /** When a proxy's right ends, seconds since the epoch. */
  readonly patient_until?: number;
}

interface SignedIn {
  readonly accountId?: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly authTime?: number;
}

/** What a person may have in a token now: asked again at every token, so that a role withdrawn is gone in five minutes. */
@Injectable()
export class PersonTokens {
  constructor(
    private readonly source: DataSource,
    private readonly directory: MemberDirectory,
    private readonly clock: Clock,
    private readonly cipher: PersonCipher,
  ) {}

  /** Whether somebody may have any token at all: not disabled, not dormant, two passkeys, of a member that takes part. */
  async mayHaveTokens(personId: string): Promise<boolean> {
    const state = await accountState(this.source, personId);
    return decideSignIn(state, this.clock.now()) === 'permit' && (await this.personOf(personId)) !== undefined;
  }

  /**
   * The scopes of a token for the purpose asked for; before a purpose is asked for, all that people may have.
   *
   * @throws errors.InvalidRequest as `claims`
   */
  async scopes(ctx: KoaContextWithOIDC): Promise<readonly string[]> {
    const signedIn = signedInOf(ctx);
    if (signedIn?.accountId === undefined) return personScopes;
    const person = await this.personOf(signedIn.accountId);
    return person === undefined ? [] : rightsFor(this.rolesNow(person), purposeOf(ctx)).scopes;
  }

  /** @throws errors.InvalidRequest for a purpose that no role of the person serves; errors.InvalidGrant when a new sign-in is due. */
  async claims(ctx: KoaContextWithOIDC): Promise<PersonClaims> {
    const signedIn = signedInOf(ctx);
    const { accountId, acr, amr, authTime } = signedIn ?? {};
    const person = accountId === undefined ? undefined : await this.personOf(accountId);
    if (person === undefined || acr === undefined || amr === undefined || authTime === undefined) {
      throw new errors.InvalidGrant('no person has signed in');
    }
    const purpose = purposeOf(ctx);
    const { roles } = rightsFor(this.rolesNow(person), purpose);
    if (roles.length === 0) throw refusedFor('purpose-not-granted');
    const ageS = Math.floor(this.clock.now().getTime() / 1000) - authTime;
    if (ageS > (purpose === 'BTG' ? STEP_UP_MAX_AGE_S : MAX_SIGN_IN_AGE_S)) {
      throw new errors.InvalidGrant('sign in again');
    }
    const { memberId } = person;
    const organization = memberId === OPERATOR ? OPERATOR : (this.directory.find(memberId)?.organizationId ?? '');
    return {
      ...{ purpose_of_use: purpose, member_id: memberId, organization, roles, acr, amr, auth_time: authTime },
      ...(await this.patientOf(person)),
    };
  }

  /** None once a proxy's right has ended. */
  private rolesNow(person: PersonEntity): readonly Role[] {
    const hasEnded = person.patientUntil !== null && person.patientUntil <= this.clock.now();
    return hasEnded ? [] : rolesOf(person);
  }

  private async patientOf({ memberId, patient, patientUntil }: PersonEntity) {
    if (patient === null) return {};
    const handle = await this.cipher.openPatient(memberId, patient);
    return {
      patient: handle,
      ...(patientUntil === null ? {} : { patient_until: Math.floor(patientUntil.getTime() / 1000) }),
    };
  }

  /** A person whose member takes part today. */
  private async personOf(personId: string): Promise<PersonEntity | undefined> {
    const person = await this.source.getRepository(PersonEntity).findOneBy({ personId });
    if (person === null) return undefined;
    return person.memberId === OPERATOR || this.directory.isActive(person.memberId) ? person : undefined;
  }
}

const signedInOf = ({ oidc }: KoaContextWithOIDC): SignedIn | undefined =>
  (oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken) as SignedIn | undefined;

/** The one purpose of a token request; there is no default. */
function purposeOf({ oidc }: KoaContextWithOIDC): Purpose {
  const asked = (oidc.body as Partial<Record<string, unknown>> | undefined)?.['purpose_of_use'];
  try {
    return soleOf(typeof asked === 'string' ? [asked] : []);
  } catch (error) {
    if (error instanceof TrustError) throw refusedFor(error.code);
    throw error;
  }
}

const refusedFor = (code: string) => new errors.InvalidRequest(`purpose_of_use refused: ${code}`);
