import type { AuditEvent, EventType } from '@hie/contracts';
import type { Effect } from '@hie/persistence';
import type { Allowance } from '@hie/purpose-of-use';

import type { ReadMessage } from './message-reader.js';

/** A message that a hop sends on. */
export interface Emission {
  readonly type: EventType<never>;
  readonly body: unknown;
  readonly decision?: string;
  readonly allow?: Allowance;
  /** Sent without waiting for the commit: what is durable elsewhere already, and may be said twice. */
  readonly ahead?: boolean;
}

/** What a hop tells the ledger; who, why and when are filled in from the message it handles. */
export type AuditFacts = Pick<AuditEvent, 'action' | 'outcome'> &
  Partial<Pick<AuditEvent, 'reason' | 'personId' | 'digest' | 'details' | 'receiptWanted'>>;

/** What one message caused: stored once with the inbox, then sent. */
export interface HopResult {
  readonly emit: readonly Emission[];
  readonly audit: readonly AuditFacts[];
  /** A table write that becomes true together with the inbox; those of a batch go in one statement. */
  readonly effect?: Effect<never>;
}

/** Binds a write to its value, so that the two are checked against each other. */
export const effect = <T>(write: Effect<T>['write'], value: T): Effect<never> =>
  ({ write, value }) as unknown as Effect<never>;

/** Names an emission with its contract, so that the body is checked against it. */
export function emission<T>(
  type: EventType<T>,
  body: T,
  options: Pick<Emission, 'decision' | 'allow' | 'ahead'> = {},
): Emission {
  return { type: type as unknown as EventType<never>, body, ...options };
}

/** What a handler gets beside the body. */
export interface Received<T> extends ReadMessage<T> {
  readonly delivery: {
    readonly msgId: string;
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
  };
  /**
   * Stores and sends one part of the result now, before the handler has finished: an answer that comes in stages. Parts are
   * stored once each, so after a crash only what is missing is done again.
   */
  readonly commit: (part: string, result: HopResult) => Promise<void>;
}

/** A hop returns what it causes; a handler that keeps its own tables or a projection returns nothing. */
export type Handler<T> = (received: Received<T>) => Promise<HopResult | undefined>;
