import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  type PatientIdentified,
  type Query,
  type ServiceName,
  memberChanged,
  patientIdentified,
  queryRequested,
} from '@hie/contracts';
import {
  INDEX_TOKEN_ISSUER,
  type Infrastructure,
  type Leaf,
  TRUST_DOMAIN,
  type TrustMaterial,
} from '@hie/local-exchange';
import { type ArrivedMessage, MessageReader, MessageWriter, type OutgoingMessage, connectKafka } from '@hie/messaging';
import {
  type Purpose,
  type TransactionClaims,
  digestOf,
  mintTransactionTokenBy,
  tokenVerifier,
} from '@hie/purpose-of-use';
import { type FileKeyring, TXN_TOKEN_HEADER, requestDigest } from '@hie/service-kit';
import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs';
import { Agent, request } from 'undici';
import { keyringIn } from '../shared/keyring-in.js';

const nowhere = { put: () => Promise.resolve(), get: () => Promise.resolve(undefined), sweep: () => Promise.resolve() };
const SECONDS_OF_A_TOKEN = 60;

export interface StandInPlan {
  readonly infrastructure: Infrastructure;
  readonly trust: TrustMaterial;
  readonly leaf: Leaf;
}

/** A question about a patient, sealed and ready to be sent. */
export interface PreparedQuery {
  readonly txn: string;
  readonly message: OutgoingMessage;
}

export interface DoorAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Speaks to the patient index as the gateway does, under the gateway's keys and certificate: queries over Kafka, feeds over HTTPS. And hears, as
 * consent does, what the index says.
 */
export class GatewayStandIn {
  /** When each answer came, by transaction, on the clock of `performance.now()`. */
  readonly heardAt = new Map<string, number>();
  private readonly answers = new Map<string, ArrivedMessage>();
  private readonly agent: Agent;
  private readonly keyring: FileKeyring;
  private readonly writer: MessageWriter;
  private readonly participants: MessageWriter;
  private reader: MessageReader | undefined;
  private readonly kafka;
  private readonly producer;
  private readonly consumer: Consumer;
  private readonly closing: (() => Promise<void> | void)[] = [];

  constructor(private readonly plan: StandInPlan) {
    const { infrastructure, leaf } = plan;
    const { admin, brokers } = infrastructure.kafka;
    this.keyring = this.keyringOf('gateway');
    this.writer = new MessageWriter(this.keyring, nowhere, 'gateway');
    this.participants = new MessageWriter(this.keyringOf('participants'), nowhere, 'participants');
    this.kafka = connectKafka({
      brokers: brokers.split(','),
      clientId: 'gateway-stand-in',
      ...(admin === undefined
        ? {}
        : { tls: { caPath: admin.caPath, certPath: admin.certificatePath, keyPath: admin.keyPath } }),
      log: (_level, message) => process.stderr.write(`${message}\n`),
    });
    this.producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    this.consumer = this.kafka.consumer({ groupId: `gateway-stand-in-${process.pid}`, maxWaitTimeInMs: 5 });
    const [cert, key] = [leaf.certificatePath, leaf.keyPath].map((path) => readFileSync(path, 'utf8'));
    const ca = infrastructure.certificates.certificate;
    this.agent = new Agent({ connections: 8, connect: { ca, cert, key } });
    this.closing.push(() => this.agent.close());
  }

  async start(): Promise<void> {
    await Promise.all([this.producer.connect(), this.consumer.connect()]);
    this.closing.push(
      () => this.producer.disconnect(),
      () => this.consumer.disconnect(),
    );
    await this.consumer.subscribe({ topics: [patientIdentified.topic] });
    await this.consumer.run({ eachBatch: (payload) => Promise.resolve(this.hear(payload)) });
  }

  /** Registers a member, as the participants service tells of it. */
  async register(memberId: string, identifierSystem: string): Promise<void> {
    this.keyringOf('participants').members.make(memberId);
    const { message } = await this.participants.write(memberChanged, {
      ...memberChanged.example,
      ...{ eventId: randomUUID(), memberId, organizationId: `urn:test:${memberId}`, name: memberId },
      ...{ identifierSystems: [identifierSystem], at: new Date().toISOString() },
    });
    await this.send([message]);
  }

  /** Seals a query beforehand; its deadline begins now. */
  async prepare(asked: Query, withinMs: number): Promise<PreparedQuery> {
    const query = JSON.stringify(asked);
    const claims = this.claims(asked.requester.memberId, 'ETREAT', digestOf(query), withinMs);
    const scope = this.writer.begin(await this.mint(claims), claims);
    const { txn } = claims;
    const { message } = await this.writer.writeWithin(queryRequested, { txn, query }, scope, { decision: 'asked' });
    return { txn, message };
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    const byTopic = Map.groupBy(messages, ({ topic }) => topic);
    await this.producer.sendBatch({
      acks: -1,
      topicMessages: [...byTopic].map(([topic, each]) => ({
        topic,
        messages: each.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
      })),
    });
  }

  /** What the index said of a query that it has answered, checked and opened. */
  async answerOf(txn: string): Promise<PatientIdentified> {
    const arrived = this.answers.get(txn);
    if (arrived === undefined) throw new RangeError('No answer was heard.');
    this.reader ??= this.readerOfConsent();
    return (await this.reader.read(patientIdentified, arrived)).body;
  }

  /** What a heard answer weighs on Kafka, headers and value; 0 for one that was not heard. */
  bytesOf(txn: string): number {
    const { value, headers } = this.answers.get(txn) ?? { value: '', headers: {} };
    return value.length + Object.values(headers).join('').length;
  }

  /** Forgets what was heard, between two measurements. */
  forget(): void {
    this.heardAt.clear();
    this.answers.clear();
  }

  /** Sends a request to one instance, as a member's request is forwarded. */
  async forward(
    url: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    memberId: string,
  ): Promise<DoorAnswer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const claims = this.claims(memberId, 'HOPERAT', requestDigest(method, path, text), 30_000);
    const headers = {
      [TXN_TOKEN_HEADER]: await this.mint(claims),
      ...(text === '' ? {} : { 'content-type': 'application/fhir+json' }),
    };
    const options = { method, dispatcher: this.agent, headers, ...(text === '' ? {} : { body: text }) };
    const answer = await request(`${url}${path}`, options);
    const answered = await answer.body.text();
    return { status: answer.statusCode, body: answered === '' ? undefined : JSON.parse(answered) };
  }

  async stop(): Promise<void> {
    for (const step of this.closing.splice(0).reverse()) await step();
  }

  private hear({ batch }: EachBatchPayload): void {
    const now = performance.now();
    for (const { key, value, headers = {}, offset, timestamp } of batch.messages) {
      const txn = key?.toString('utf8') ?? '';
      if (!this.heardAt.has(txn)) this.heardAt.set(txn, now);
      const texts = Object.entries(headers).map(([name, each]) => [name, String(each)] as const);
      this.answers.set(txn, {
        ...{ topic: batch.topic, partition: batch.partition, offset, timestampMs: Number(timestamp) },
        value: value ?? Buffer.alloc(0),
        headers: Object.fromEntries(texts),
      });
    }
  }

  private readerOfConsent(): MessageReader {
    const keyring = this.keyringOf('consent');
    const keys = keyring.tokenKeys;
    const { verify: verifyToken } = tokenVerifier({
      ...{ issuer: INDEX_TOKEN_ISSUER, audience: TRUST_DOMAIN, keys, now: Date.now, capacity: 16, maxAgeMs: 1_000 },
    });
    return new MessageReader({ service: 'consent', keyring, store: nowhere, verifyToken });
  }

  private mint(claims: TransactionClaims): Promise<string> {
    const [key] = this.keyring.signingKeys('token');
    return mintTransactionTokenBy(claims, key);
  }

  private claims(org: string, purp: Purpose, qh: string, withinMs: number): TransactionClaims {
    const nowS = Math.floor(Date.now() / 1_000);
    return {
      ...{ iss: INDEX_TOKEN_ISSUER, aud: TRUST_DOMAIN, iat: nowS, nbf: nowS, exp: nowS + SECONDS_OF_A_TOKEN },
      ...{ jti: randomUUID(), txn: randomUUID(), sub: `${org}-client`, req_wl: ['gateway'] },
      scope: 'hie.match hie.retrieve hie.feed',
      tctx: { purp, qh, org, res: [], deadline: Date.now() + withinMs },
      rctx: {},
    };
  }

  private keyringOf(service: ServiceName): FileKeyring {
    const keyring = keyringIn(this.plan.trust.folder, service);
    this.closing.push(() => keyring.close());
    return keyring;
  }
}
