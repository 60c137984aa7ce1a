import { hash } from 'node:crypto';

import type { EventType } from '@hie/contracts';
import type { GroupCommitter, OutboxStore, Unit } from '@hie/persistence';
import { TrustError, peekSeal } from '@hie/purpose-of-use';
import { inSpan } from '@hie/telemetry';

import type { AuditWriter } from './audit-writer.js';
import type { Consumption } from './consumes.js';
import { writeLetter } from './dead-letter.js';
import { MessagingError } from './errors.js';
import type { AuditFacts, Emission, Handler, HopResult } from './hop.js';
import type { Keyring } from './keyring.js';
import type { ArrivedMessage, MessageReader, ReadMessage } from './message-reader.js';
import { type MessageWriter, type WrittenMessage, header } from './message-writer.js';
import type { OutboxRelay } from './outbox-relay.js';
import { withRetry } from './retry.js';
import type { TransactionScope } from './transaction-scope.js';

export interface MessagePipelineParts {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  readonly audit: AuditWriter;
  readonly committer: GroupCommitter;
  readonly relay: OutboxRelay;
  readonly inbox: Pick<OutboxStore, 'wasHandled'>;
  /** What dead letters are sealed with. */
  readonly sealingKey: Keyring['sealingKey'];
  /** Told of each message that was refused or given up: by code, and for a defect where in the code it was. */
  readonly onRefused: (topic: string, code: string, error: unknown) => void;
}

export interface Attention {
  /** Keeps the consumer's session alive while a message waits for an outage to end. */
  readonly heartbeat: () => Promise<void>;
  readonly signal: AbortSignal;
}

type Unread = Pick<ReadMessage<unknown>, 'checked' | 'scope'>;

const ATTEMPTS = 3;

/**
 * One message from the log to its effect: checked, opened, handled, its outputs stored with the inbox in one commit, then
 * handed to the relay. It never throws for the message's sake: what can't be handled goes to the dead letters with its reason
 * and one ledger entry, before its offset is committed, so that no message ever holds up those behind it.
 */
export class MessagePipeline {
  constructor(private readonly parts: MessagePipelineParts) {}

  async handle(arrived: ArrivedMessage, consumption: Consumption, handler: Handler<unknown>, attention: Attention) {
    const { type } = consumption;
    const seen: { read?: Unread } = {};
    try {
      await inSpan({ name: `${type.topic} process`, kind: 'consumer', from: arrived.headers }, () =>
        withRetry(() => this.attempt(arrived, type, handler, seen), {
          attempts: ATTEMPTS,
          onWait: attention.heartbeat,
          signal: attention.signal,
          ...deadlineOf(type, seen),
        }),
      );
    } catch (error) {
      if (attention.signal.aborted) throw error;
      await withRetry(() => this.refuse(arrived, type, error, seen.read), {
        attempts: Number.POSITIVE_INFINITY,
        onWait: attention.heartbeat,
        signal: attention.signal,
      });
    }
  }

  /**
   * Handles a message once more that had been put aside, all checks of it included. It waits for nothing, and puts nothing aside again.
   *
   * @returns why it was refused; `undefined` when it has had its effect, now or before.
   */
  async again(arrived: ArrivedMessage, { type }: Consumption, handler: Handler<unknown>): Promise<string | undefined> {
    try {
      await inSpan({ name: `${type.topic} process`, kind: 'consumer', from: arrived.headers }, () =>
        this.attempt(arrived, type, handler, {}),
      );
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      this.parts.onRefused(type.topic, code, error);
      return code;
    }
  }

  private async attempt(
    arrived: ArrivedMessage,
    type: EventType<unknown>,
    handler: Handler<unknown>,
    seen: { read?: Unread },
  ): Promise<void> {
    const read = await this.parts.reader.read(type, arrived);
    seen.read = read;
    const { topic, partition, offset } = arrived;
    const delivery = { msgId: read.checked.seal.header.msgid, topic, partition, offset };
    const commit = (part: string, result: HopResult) => this.commit({ ...delivery, part, outputs: [] }, result, read);
    const result = await handler({ ...read, delivery, commit });
    if (result !== undefined) await commit('main', result);
  }

  private async commit(unit: Unit, result: HopResult, read: Unread): Promise<void> {
    const emitted = await Promise.all(result.emit.map((emission) => this.write(emission, read)));
    const audited = await this.writeAudit(result.audit, read, emitted);
    const records = [...emitted, ...audited].map(({ record }) => record);
    const isAhead = records.map((_, at) => result.emit[at]?.ahead === true);
    const ahead = this.parts.relay.sendAhead(records.filter((_, at) => isAhead[at]));
    const acceptance = await this.parts.committer
      .commit({ ...unit, outputs: records }, result.effect)
      .finally(ahead.settled);
    if (acceptance === 'fresh') void this.parts.relay.handOff(records.filter((_, at) => !isAhead[at]));
    if (acceptance === 'replayed') throw new MessagingError('replayed');
  }

  private write(emission: Emission, { scope }: Unread): Promise<WrittenMessage> {
    const { type, body, ahead: _, ...options } = emission as Emission & { type: EventType<unknown> };
    if (type.authority === 'service') return this.parts.writer.write(type, body, options);
    if (scope === undefined) throw new RangeError('A transaction’s message can only be sent from within it.');
    return this.parts.writer.writeWithin(type, body, scope, options);
  }

  private writeAudit(facts: readonly AuditFacts[], { checked, scope }: Unread, emitted: readonly WrittenMessage[]) {
    const seals = [checked.seal.digest, ...emitted.map(({ sealDigest }) => sealDigest)];
    return Promise.all(facts.map((fact) => this.parts.audit.write(fact, { seals, ...claimsOf(scope) })));
  }

  private async refuse(
    arrived: ArrivedMessage,
    type: EventType<unknown>,
    error: unknown,
    read: Unread | undefined,
  ): Promise<void> {
    const code = codeOf(error);
    // After a crash, what was handled shortly before comes again, and its deadline may have passed since.
    if (code === 'deadline-passed' && (await this.wasHandled(arrived))) return;
    this.parts.onRefused(type.topic, code, error);
    await this.deadLetter(arrived, type, code, error, read);
  }

  private wasHandled({ headers, topic, partition, offset }: ArrivedMessage): Promise<boolean> {
    const seal = (headers[header.seals] ?? '').split(' ').at(-1) ?? '';
    return this.parts.inbox.wasHandled(peekSeal(seal).header.msgid, topic, partition, offset);
  }

  private async deadLetter(
    arrived: ArrivedMessage,
    type: EventType<unknown>,
    code: string,
    error: unknown,
    read: Unread | undefined,
  ): Promise<void> {
    const { topic, partition, offset } = arrived;
    const verified = error instanceof TrustError ? error.verified : 'authority';
    const letter = writeLetter(arrived, code, this.parts.sealingKey(), Date.now());
    const { record } = await this.parts.audit.write(
      {
        action: 'message.refused',
        outcome: 'refused',
        reason: code,
        details: { topic: type.topic, partition, offset, verified },
      },
      read === undefined ? {} : { seals: [read.checked.seal.digest], ...claimsOf(read.scope) },
    );
    const outputs = [letter, record];
    const unit = { msgId: placeId(arrived), part: 'dead-letter', topic, partition, offset, outputs };
    if ((await this.parts.committer.commit(unit)) === 'fresh') void this.parts.relay.handOff(outputs);
  }
}

/** A hop of a query gives up on an outage at the query's deadline; a service's own event waits it out. */
function deadlineOf(type: EventType<unknown>, seen: { read?: Unread }): { readonly deadlineMs?: () => number } {
  if (type.outlivesDeadline) return {};
  return { deadlineMs: () => seen.read?.scope?.claims.tctx.deadline ?? Number.POSITIVE_INFINITY };
}

const claimsOf = (scope: TransactionScope | undefined) => (scope === undefined ? {} : { claims: scope.claims });

const codeOf = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'defect';
};

/** An id for the place of a message on the log, for messages whose own id can't be believed. */
function placeId({ topic, partition, offset }: ArrivedMessage): string {
  const hex = hash('sha256', `${topic}/${partition}/${offset}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
