import {
  PERSON_ACR,
  type Purpose,
  type SignedInPerson,
  TrustError,
  isPurpose,
  isRole,
  ownRecordRoles,
  rightsFor,
} from '@hie/purpose-of-use';
import { z } from 'zod';

import { type TokenBinding, bindingOf } from './token-binding.js';
import type { ExternalIssuer } from './trusted-issuers.js';

/** As long as a message takes. */
const MAX_ID = 256;

const common = z.object({
  client_id: z.string(),
  scope: z.string().default(''),
  jti: z.string(),
  cnf: z.object({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() }).optional(),
});

const systemSchema = common.extend({
  member_id: z.string(),
  client_key: z.string(),
  purpose_of_use: z.string(),
  user: z.string().optional(),
});

const signIn = { sub: z.string().min(1).max(256), acr: z.string(), amr: z.array(z.string()), auth_time: z.int() };

const personSchema = common.extend({
  ...signIn,
  member_id: z.string(),
  purpose_of_use: z.string(),
  roles: z.array(z.string()),
  patient: z.string().optional(),
  patient_until: z.int().optional(),
});

const externalSchema = common
  .omit({ client_id: true })
  .extend({ ...signIn, client_id: z.string().optional(), azp: z.string().optional() })
  .loose();

/** Who a verified access token speaks for. */
export interface TokenSubject {
  readonly clientId: string;
  readonly memberId: string;
  readonly purpose: Purpose;
  readonly scopes: readonly string[];
  /** A system's word for who acts, or the person who signed in. */
  readonly userId?: string;
  /** A system: thumbprint of the registered key that its assertion was signed with. */
  readonly clientKey?: string;
  readonly binding?: TokenBinding;
  /** Present where a person signed in; absent for a system. */
  readonly person?: SignedInPerson;
}

/**
 * Reads whom a token of the exchange's own provider speaks for: a person where it says how somebody signed in, a system otherwise.
 *
 * @throws TrustError `token-malformed`, `purpose-unknown`, `token-type` for one bound to a key and a certificate
 */
export function ownSubject(claims: Readonly<Record<string, unknown>>): TokenSubject {
  const isPerson = 'acr' in claims || 'auth_time' in claims;
  if (!isPerson) {
    const {
      client_id: clientId,
      member_id: memberId,
      client_key: clientKey,
      user,
      ...rest
    } = parsed(systemSchema, claims);
    return {
      ...{ clientId, memberId, clientKey, purpose: purposeIn(rest.purpose_of_use), scopes: listOf(rest.scope) },
      ...(user === undefined ? {} : { userId: user }),
      ...boundTo(rest.cnf),
    };
  }
  const {
    client_id: clientId,
    member_id: memberId,
    sub,
    acr,
    amr,
    auth_time: authTimeS,
    ...rest
  } = parsed(personSchema, claims);
  const person = {
    ...{ acr, amr, authTimeS, roles: rest.roles.filter(isRole) },
    ...patientOf(rest.patient, rest.patient_until),
  };
  const purpose = purposeIn(rest.purpose_of_use);
  return personSubject({
    clientId,
    memberId,
    userId: sub,
    purpose,
    granted: listOf(rest.scope),
    person,
    ...boundTo(rest.cnf),
  });
}

/**
 * Reads a person from a token of a provider outside of the exchange. What it says counts only as far as its configuration maps it: a
 * class, a method or a group that is not listed is nothing, and nobody comes from it for another member than its own.
 *
 * @throws TrustError `token-malformed`, `token-audience` for a client that is not listed, `purpose-unknown`
 */
export function externalSubject(claims: Readonly<Record<string, unknown>>, terms: ExternalIssuer): TokenSubject {
  const { sub, acr, amr, auth_time: authTimeS, scope, cnf, ...rest } = parsed(externalSchema, claims);
  const clientId = rest.client_id ?? rest.azp ?? '';
  if (!terms.clientIds.includes(clientId)) throw new TrustError('token-audience', 'token');
  const purpose = purposeIn(claims[terms.purposeClaim]);
  const groups = claims[terms.roles.claim];
  const named = Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
  const roles = named.flatMap((group) => valueOf(terms.roles.values, group) ?? []).filter(isRole);
  const person = {
    acr: terms.acr.includes(acr) ? PERSON_ACR : '',
    amr: amr.flatMap((method) => valueOf(terms.amr, method) ?? []),
    authTimeS,
    roles,
  };
  // Two providers may both know a "7": the person is named with who vouches for them.
  const userId = `${terms.issuer}#${sub}`;
  return personSubject({
    clientId,
    memberId: terms.memberId,
    userId,
    purpose,
    granted: listOf(scope),
    person,
    ...boundTo(cnf),
  });
}

interface PersonInToken {
  readonly clientId: string;
  readonly memberId: string;
  readonly userId: string;
  readonly purpose: Purpose;
  readonly granted: readonly string[];
  readonly person: NonNullable<TokenSubject['person']>;
  readonly binding?: TokenBinding;
}

/** Scopes are what was granted and what the person's roles have for this purpose: neither alone. A patient who is not named is no patient. */
function personSubject({ clientId, granted, person, ...rest }: PersonInToken): TokenSubject {
  const held = person.roles.filter((role) => person.patient !== undefined || !ownRecordRoles.includes(role));
  const { roles, scopes } = rightsFor(held, rest.purpose);
  // What a person asks is theirs, and nobody else's who comes through the same client.
  const own = `${clientId}/${rest.userId}`;
  if (own.length > MAX_ID) throw new TrustError('token-malformed', 'token');
  return {
    ...rest,
    clientId: own,
    scopes: granted.filter((scope) => scopes.includes(scope)),
    person: { ...person, roles },
  };
}

const patientOf = (handle: string | undefined, untilS: number | undefined): Pick<SignedInPerson, 'patient'> =>
  handle === undefined ? {} : { patient: { handle, ...(untilS === undefined ? {} : { untilS }) } };

function parsed<S extends z.ZodType>(schema: S, claims: unknown): z.output<S> {
  const result = schema.safeParse(claims);
  if (!result.success) throw new TrustError('token-malformed', 'token');
  return result.data;
}

function purposeIn(claim: unknown): Purpose {
  if (!isPurpose(claim)) throw new TrustError('purpose-unknown', 'token');
  return claim;
}

const valueOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const listOf = (scope: string): readonly string[] => scope.split(' ').filter((each) => each !== '');

function boundTo(cnf: Parameters<typeof bindingOf>[0]): Pick<TokenSubject, 'binding'> {
  const binding = bindingOf(cnf);
  return binding === undefined ? {} : { binding };
}
