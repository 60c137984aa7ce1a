import { exchangeScopes, smartScopes } from '@hie/purpose-of-use';

/** Every scope that a client can be registered for. */
export const edgeScopes: readonly string[] = [...smartScopes, ...exchangeScopes];
