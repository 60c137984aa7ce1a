export { DpopKey } from './dpop-key.js';
export type { CallAnswer, CallMethod, CallOptions } from './exchange-call.js';
export { OAuthClient, type OAuthClientOptions } from './oauth-client.js';
export { type KeptSession, PersonSession, type SessionKeeper, revokeSession } from './person-session.js';
export { SignInFailed, type SignInOptions, signIn } from './sign-in.js';
export { type AccessToken, TokenRefused } from './token-request.js';
