import type { z } from 'zod';

import { type ServiceName, services } from './services.js';

/** How long the broker keeps a topic's messages, and which of them. */
export type Retention =
  | { readonly kind: 'delete'; readonly retentionMs: number }
  /** The newest message of each key is kept for ever: the topic is a table that others may read from its beginning. */
  | { readonly kind: 'compact' };

/** A topic, its schema, its key, and who may write and read it, declared once and used by both ends. */
export interface EventType<T> {
  readonly topic: string;
  readonly schema: z.ZodType<T>;
  /** The partition key. */
  readonly key: (event: T) => string;
  readonly producers: readonly ServiceName[];
  readonly consumers: readonly ServiceName[];
  readonly retention: Retention;
  readonly partitions: number;
  /** `transaction`: moves on a requester's authority, so a transaction token travels with it. `service`: a service's own event. */
  readonly authority: 'transaction' | 'service';
  /** Whether the body is encrypted for the consumers alone. Only what names nobody may be left readable. */
  readonly encrypted: boolean;
  /** Whose data the body holds, the requesting member's aside: it lies under their wrapping keys too, and is gone with one of them. */
  readonly members: (event: T) => readonly string[];
  readonly outlivesDeadline: boolean;
  /** Whether the consumer verifies every hop's signature or trusts the last hop for those before. */
  readonly chain: 'links' | 'signatures';
  readonly maxBytes: number;
  /** A message that must parse for ever. */
  readonly example: T;
}

export type EventOf<E> = E extends EventType<infer T> ? T : never;

const minuteMs = 60_000;

/** Query hops live for seconds; an hour is for the operator who asks what went wrong. */
export const hopRetention: Retention = { kind: 'delete', retentionMs: 60 * minuteMs };
/** A dead letter waits for a person. */
export const deadLetterRetention: Retention = { kind: 'delete', retentionMs: 14 * 24 * 60 * minuteMs };

export const deadLetterTopic = (topic: string): string => `${topic}.dlq`;

/** Kafka's own limit for a message is 1 MiB; larger bodies go by claim check. */
export const MAX_MESSAGE_BYTES = 512 * 1024;
/** Above this a body is put into the object store and the message holds the claim. */
export const CLAIM_CHECK_ABOVE_BYTES = 64 * 1024;

const everyService: readonly ServiceName[] = services;

const nobodys = (): readonly string[] => [];

/** All services but these. */
export const servicesExcept = (...names: readonly ServiceName[]): readonly ServiceName[] =>
  everyService.filter((service) => !names.includes(service));

/** What a hop of the query path has in common with the others. */
export const queryHop = {
  key: (event: { readonly txn: string }) => event.txn,
  retention: hopRetention,
  // One partition fills the batches; more only help once a second instance of the consumer runs (docs/adr/0004).
  partitions: 1,
  authority: 'transaction',
  encrypted: true,
  members: nobodys,
  outlivesDeadline: false,
  chain: 'links',
  maxBytes: MAX_MESSAGE_BYTES,
} as const;

/** What a service's own event on a compacted topic has in common with the others. */
export const stateChange = {
  retention: { kind: 'compact' },
  partitions: 1,
  authority: 'service',
  members: nobodys,
  outlivesDeadline: true,
  chain: 'links',
  maxBytes: MAX_MESSAGE_BYTES,
} as const;
