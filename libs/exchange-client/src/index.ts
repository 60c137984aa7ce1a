export {
  type AccessToken,
  type CallAnswer,
  type CallOptions,
  OAuthClient,
  type OAuthClientOptions,
  TokenRefused,
} from './oauth-client.js';
