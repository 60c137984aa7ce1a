import { isGrantable } from '../fhir-server/scopes.js';
import { ACCESS_TOKEN_LIFE_S, type AccessTokens } from './access-token.js';
import { type AssertionOutcome, checkAssertion } from './client-assertion.js';
import { type ReplayGuard } from './replay-guard.js';
import { type ClientKeys } from './trusted-client.js';

/** The token endpoint's answer: a token, or an error of RFC 6749 section 5.2. */
export type TokenAnswer =
  | {
      readonly status: 200;
      readonly json: {
        readonly access_token: string;
        readonly token_type: 'bearer';
        readonly expires_in: number;
        readonly scope: string;
      };
    }
  | { readonly status: 400 | 401; readonly json: { readonly error: string }; readonly reason: string };

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Client credentials for backend services (SMART App Launch 2.2, section 2.2.4). Grants the asked scopes that this client is registered
 * for (`system/*.rs` covers each type) and refuses when none is left.
 */
export async function answerTokenRequest(
  form: URLSearchParams,
  tokenUrl: string,
  clients: ReadonlyMap<string, ClientKeys>,
  guard: ReplayGuard,
  tokens: AccessTokens,
  nowS: number,
): Promise<TokenAnswer> {
  if (form.get('grant_type') !== 'client_credentials') return refused(400, 'unsupported_grant_type');
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) return refused(400, 'invalid_request');
  const outcome: AssertionOutcome = await checkAssertion(
    form.get('client_assertion') ?? '',
    tokenUrl,
    clients,
    guard,
    nowS,
  );
  if (outcome.kind === 'refused') return { ...refused(401, 'invalid_client'), reason: outcome.reason };
  const { client } = outcome;
  const asked = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const granted = asked.filter((scope) => isGrantable(scope) && isRegistered(scope, client.scopes));
  if (granted.length === 0) return refused(400, 'invalid_scope');
  const scope = granted.join(' ');
  const access_token = await tokens.issue(client.clientId, scope, nowS);
  return { status: 200, json: { access_token, token_type: 'bearer', expires_in: ACCESS_TOKEN_LIFE_S, scope } };
}

function isRegistered(scope: string, registered: readonly string[]): boolean {
  const [, permissions = ''] = scope.split('.');
  return registered.some(
    (own) => own === scope || own === 'system/*.rs' || own === 'system/*.read' || own === `system/*.${permissions}`,
  );
}

function refused(status: 400 | 401, error: string): Extract<TokenAnswer, { status: 400 | 401 }> {
  return { status, json: { error }, reason: error };
}
