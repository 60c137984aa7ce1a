import { PERSON_ACR, personScopes } from '@hie/purpose-of-use';
import { type Configuration, type KoaContextWithOIDC, interactionPolicy } from 'oidc-provider';

const { Check, base } = interactionPolicy;

/**
 * When people are sent to the sign-in page: always. A session's cookie signs nobody in, whoever holds it; what lasts between two sign-ins
 * is the refresh token, which is bound to a key. There is no consent page: the console is the exchange's own.
 */
export function signInPolicy(): NonNullable<NonNullable<Configuration['interactions']>['policy']> {
  const policy = base();
  policy.remove('consent');
  policy
    .get('login')
    ?.checks.add(
      new Check('every_time', 'a passkey is asked for every time', 'login_required', ({ oidc }) =>
        oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  return policy;
}

/** The grant behind a sign-in, which a token narrows to its purpose. */
export async function grantForPeople(ctx: KoaContextWithOIDC, resource: string) {
  const { client, session, provider } = ctx.oidc;
  const accountId = session?.accountId;
  if (client === undefined || accountId === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(resource, personScopes.join(' '));
  await grant.save();
  return grant;
}

export const acrValues = [PERSON_ACR];
