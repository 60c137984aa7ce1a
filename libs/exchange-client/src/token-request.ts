import { type Dispatcher, request } from 'undici';

/** The identity provider gave no token; `code` and `description` are its own (RFC 6749, section 5.2). */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string | undefined,
  ) {
    super(code);
  }
}

/** A token and how it is presented: with a proof of possession where it is bound to a key. */
export interface AccessToken {
  readonly token: string;
  readonly scheme: 'DPoP' | 'Bearer';
  readonly untilMs: number;
}

/** What a token endpoint gives (RFC 6749, section 5.1). */
export interface TokenAnswer extends AccessToken {
  readonly refreshToken?: string;
  readonly idToken?: string;
}

interface AnswerBody {
  readonly access_token?: string;
  readonly token_type?: string;
  readonly expires_in?: number;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly error?: string;
  readonly error_description?: string;
}

/** @throws TokenRefused */
export async function requestToken(
  dispatcher: Dispatcher,
  tokenUrl: string,
  form: Readonly<Record<string, string>>,
  dpop: string | undefined,
): Promise<TokenAnswer> {
  const { statusCode, body } = await request(tokenUrl, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(dpop === undefined ? {} : { dpop }) },
    body: new URLSearchParams(form).toString(),
  });
  const answer = (await body.json()) as AnswerBody;
  const { access_token: token, refresh_token: refreshToken, id_token: idToken } = answer;
  if (statusCode !== 200 || token === undefined) {
    throw new TokenRefused(statusCode, answer.error ?? 'unknown', answer.error_description);
  }
  return {
    token,
    scheme: answer.token_type?.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    untilMs: Date.now() + ((answer.expires_in ?? 60) - 30) * 1000,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(idToken === undefined ? {} : { idToken }),
  };
}
