import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { Kafka, Producer } from 'kafkajs';
import { type Observable, lastValueFrom } from 'rxjs';

import type { AuditTallies } from './audit-tallies.js';
import { type Assignment, ConsumerLoop, type Subscription } from './consumer-loop.js';
import type { Consumption, DeliveryMode } from './consumes.js';
import { dismissPredecessors } from './dismiss-predecessors.js';
import { MessagingError } from './errors.js';
import type { Handler, HopResult, Received } from './hop.js';
import type { ArrivedMessage } from './message-reader.js';
import type { MessagePipeline } from './message-pipeline.js';
import type { OutboxRelay } from './outbox-relay.js';
import { type TableEnd, TableHeads, tableEnds } from './table-ends.js';

export interface ExchangeServerOptions {
  readonly kafka: Kafka;
  /** Tells this instance from all others, the same in every life of it. */
  readonly clientId: string;
  readonly producer: Producer;
  readonly service: string;
  readonly instance: string;
  readonly pipeline: MessagePipeline;
  readonly relay: OutboxRelay;
  /** Absent in a chain of hops without a ledger. */
  readonly tallies?: AuditTallies;
  readonly onError: (error: unknown) => void;
}

/** Consumer groups: one for the service, one for each instance where every instance must see everything. */
const groupOf: Record<DeliveryMode, (service: string, instance: string) => string> = {
  queue: (service) => service,
  broadcast: (service, instance) => `${service}.${instance}`,
  table: (service, instance) => `${service}.${instance}.${randomUUID()}`,
};

/** As long as a consumer's session. */
const SILENT_AFTER_MS = 6_000;
/** How long a message that is on the log already takes to be handled, at its best, ms. */
const CATCH_UP_POLL_MS = 5;

/**
 * Nest's transport over the exchange's log: a thin strategy on kafkajs' `eachBatch`.
 *
 * Nest's own Kafka server offers only one message at a time, commits around each, and stalls every partition when a handler
 * throws; measured with everything on, a fifth of the throughput. Handlers are ordinary Nest handlers marked with `@Consumes`.
 */
export class ExchangeServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private loops: readonly ConsumerLoop[] = [];
  private caughtUp = false;
  private isClosing = false;
  private readonly catchingUp = Promise.withResolvers<undefined>();
  private connected: Promise<unknown> | undefined;
  private readonly heads: TableHeads;
  private readonly assignmentListeners: ((assignment: Assignment) => void)[] = [];

  constructor(private readonly options: ExchangeServerOptions) {
    super();
    this.heads = new TableHeads(options.kafka);
  }

  /** What can be done on the log before the first handler is ready; `listen` waits for it. Safe to call twice. */
  async connect(): Promise<void> {
    this.connected ??= Promise.all([this.options.producer.connect(), this.dismissPredecessors()]);
    await this.connected;
  }

  /** Whether every table this service keeps of others' state has been read to its end. */
  get isCaughtUp(): boolean {
    return this.caughtUp;
  }

  /** Resolves when it has. */
  get whenCaughtUp(): Promise<undefined> {
    return this.catchingUp.promise;
  }

  /** Whether Kafka has answered every group lately; one that is silent for a session has put this instance out of them. True without any. */
  get isHeard(): boolean {
    return this.loops.every(({ silentMs }) => silentMs < SILENT_AFTER_MS);
  }

  /**
   * Asks Kafka where tables end, and waits until they have been read up to there.
   *
   * @returns when Kafka was asked, as `performance.now()`: what others had put on these topics by then is known here.
   * @throws when Kafka can not be asked; MessagingError `closing`.
   */
  async readToEnd(topics: readonly string[]): Promise<number> {
    const askedAt = performance.now();
    const ends = await this.heads.of(topics);
    while (ends.some((end) => this.isBehind(end))) {
      if (this.isClosing) throw new MessagingError('closing');
      await delay(CATCH_UP_POLL_MS);
    }
    return askedAt;
  }

  /**
   * Tells from now on, after each rebalance, which partitions of its shared topics (`queue`) this instance has been given.
   *
   * Kafka gives a partition to one living instance at a time, and to another within seconds once it is gone. An instance that was
   * cut off may not know yet that it lost one: what only one may do needs a fence of its own besides.
   */
  onAssignment(listener: (assignment: Assignment) => void): void {
    this.assignmentListeners.push(listener);
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await this.heads.close();
    await this.options.tallies?.stop();
    await this.options.relay.stop();
    await this.options.producer.disconnect();
  }

  override on(): void {
    throw new RangeError('The exchange’s transport has no events to listen to.');
  }

  override unwrap<T>(): T {
    return this.options.kafka as T;
  }

  /** The topics whose messages are handled here. */
  get topics(): readonly string[] {
    return [...this.messageHandlers.keys()];
  }

  /** The contract of a topic that is handled here. @throws MessagingError `handler-missing` */
  consumptionOf(topic: string): Consumption {
    return this.subscriptionOf(topic).consumption;
  }

  /** See {@link MessagePipeline.again}. @throws MessagingError `handler-missing` */
  handleAgain(message: ArrivedMessage): Promise<string | undefined> {
    const { consumption, handler } = this.subscriptionOf(message.topic);
    return this.options.pipeline.again(message, consumption, handler);
  }

  private async start(): Promise<void> {
    const { kafka, service, instance, pipeline, relay, tallies, onError } = this.options;
    await this.connect();
    relay.start();
    tallies?.start();
    const byMode = this.subscriptionsByMode();
    this.loops = [...byMode].map(([delivery, subscriptions]) => {
      const groupId = groupOf[delivery](service, instance);
      const shared = delivery === 'queue' ? { onAssigned: (given: Assignment) => this.tellAssigned(given) } : {};
      return new ConsumerLoop({ kafka, groupId, delivery, subscriptions, pipeline, onError, ...shared });
    });
    const [ends] = await Promise.all([
      tableEnds(kafka, [...(byMode.get('table')?.keys() ?? [])]),
      ...this.loops.map((loop) => loop.start()),
    ]);
    this.watchCatchUp(ends);
  }

  private tellAssigned(assignment: Assignment): void {
    for (const listener of this.assignmentListeners) listener(assignment);
  }

  /** Without it a restart takes a rebalance longer; so a failure is told and not fatal. */
  private async dismissPredecessors(): Promise<void> {
    const { kafka, clientId, service, instance, onError } = this.options;
    const groups = [groupOf.queue(service, instance), groupOf.broadcast(service, instance)];
    await dismissPredecessors(kafka, clientId, groups).catch(onError);
  }

  private subscriptionsByMode(): Map<DeliveryMode, Map<string, Subscription>> {
    const byMode = new Map<DeliveryMode, Map<string, Subscription>>();
    for (const topic of this.messageHandlers.keys()) {
      const subscription = this.subscriptionOf(topic);
      const { delivery } = subscription.consumption;
      const subscriptions = byMode.get(delivery) ?? new Map<string, Subscription>();
      byMode.set(delivery, subscriptions.set(topic, subscription));
    }
    return byMode;
  }

  private subscriptionOf(topic: string): Subscription {
    const nestHandler = this.messageHandlers.get(topic);
    if (nestHandler === undefined) throw new MessagingError('handler-missing', { detail: topic });
    const consumption = (nestHandler.extras as { consumption?: Consumption } | undefined)?.consumption;
    if (consumption === undefined) throw new RangeError(`The handler of ${topic} is not marked with @Consumes.`);
    return { consumption, handler: asHandler(nestHandler) };
  }

  private watchCatchUp(ends: readonly TableEnd[]): void {
    const timer = setInterval(() => {
      if (ends.some((end) => this.isBehind(end))) return;
      this.caughtUp = true;
      this.catchingUp.resolve(undefined);
      clearInterval(timer);
    }, 20);
    timer.unref();
  }

  private isBehind({ topic, partition, upTo }: TableEnd): boolean {
    return !this.loops.some((loop) => loop.hasHandled(topic, partition, upTo));
  }
}

/** Calls a handler through Nest, and so through its guards, pipes and interceptors. */
function asHandler(nestHandler: MessageHandler): Handler<unknown> {
  return async (received: Received<unknown>) => {
    const returned: unknown = await nestHandler(received, received);
    return (isObservable(returned) ? await lastValueFrom(returned, { defaultValue: undefined }) : returned) as
      HopResult | undefined;
  };
}

const isObservable = (value: unknown): value is Observable<unknown> =>
  typeof value === 'object' && value !== null && 'subscribe' in value;
