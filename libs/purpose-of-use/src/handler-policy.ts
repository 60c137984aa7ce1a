import { TrustError } from './errors.js';
import type { Purpose } from './purpose.js';

/** What one handler, an HTTP route or a Kafka topic, serves. A handler without a policy refuses everything. */
export interface HandlerPolicy {
  /** The purposes it serves, matched exactly. */
  readonly purposes: readonly Purpose[];
  /** Any one of these scopes is enough. */
  readonly scopes: readonly string[];
}

/** What a request or message brings. */
export interface Authority {
  readonly purpose: Purpose;
  readonly scopes: readonly string[];
}

/**
 * Decides whether a handler serves this purpose with these scopes.
 *
 * @throws TrustError `handler-undeclared`, `purpose-not-served`, `scope-missing`.
 */
export function checkPolicy(policy: HandlerPolicy | undefined, authority: Authority): void {
  if (policy === undefined) throw new TrustError('handler-undeclared', 'authority');
  if (!policy.purposes.includes(authority.purpose)) throw new TrustError('purpose-not-served', 'authority');
  if (!policy.scopes.some((scope) => authority.scopes.includes(scope)))
    throw new TrustError('scope-missing', 'authority');
}
