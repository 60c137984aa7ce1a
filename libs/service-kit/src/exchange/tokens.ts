/** Injection tokens of what `ServiceModule` provides and no class of its own stands for. */
export const TOKEN_VERIFIER = Symbol('verifies transaction tokens');
export const OBJECT_STORE = Symbol('object store');
export const PG_POOL = Symbol('PostgreSQL pool');
export const SERVICE_NAME = Symbol('service name');
export const MESSAGING = Symbol('messaging');
