import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { SERVICE_CONFIG, TXN_TOKEN_HEADER, requestDigest } from '@hie/service-kit';
import { traceHeaders } from '@hie/telemetry';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';

import { TransactionTokens } from '../ask-exchange/transaction.js';
import { type Caller, coveredKinds } from '../edge/caller.js';
import type { GatewayConfig } from '../gateway.config.js';

export type Owner = 'identity-provider' | 'patient-index' | 'consent' | 'participants' | 'audit-ledger';

export interface ForwardedCall {
  readonly owner: Owner;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With query; the same at the owner as at the door. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface OwnerAnswer {
  readonly status: number;
  /** Parsed JSON; the bytes themselves of a file in another format. */
  readonly body: unknown;
  /** Of a file: its media type, and the name under which it is to be kept. */
  readonly file?: { readonly contentType: string; readonly disposition: string | undefined };
}

/** An owner's refusal, with its own stable code. */
export class OwnerProblem extends Error {
  override readonly name = 'OwnerProblem';
  readonly retry = 'never';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: unknown,
  ) {
    super(code);
  }
}

const TIMEOUT_MS = 30_000;
/** An owner that starts, or has lost what it needs. */
const UNAVAILABLE = 503;

/**
 * The other path: what people and feeds manage goes over HTTP to the service that owns it, under the gateway's certificate and a
 * transaction token minted for exactly this request.
 */
@Injectable()
export class OwnerClient implements OnApplicationShutdown {
  private readonly agent: Agent;
  /** Of each owner its own first, then those that can be read while it is away. */
  private readonly urls: Record<Owner, readonly [string, ...string[]]>;
  private destroyed: Promise<void> | undefined;

  constructor(
    private readonly tokens: TransactionTokens,
    @Inject(SERVICE_CONFIG) config: GatewayConfig,
  ) {
    this.agent = new Agent({
      connections: 32,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      connect: (options, done) => renewedConnector(config)(options, done),
    });
    this.urls = {
      'identity-provider': [config.IDENTITY_PROVIDER_URL],
      'patient-index': [config.PATIENT_INDEX_URL],
      consent: [config.CONSENT_URL],
      participants: [config.PARTICIPANTS_URL],
      'audit-ledger': [config.AUDIT_LEDGER_URL, ...config.AUDIT_LEDGER_REPLICA_URLS],
    };
  }

  /** @throws OwnerProblem for a refusal; whatever the HTTP client throws when the owner can't be reached. */
  async forward(caller: Caller, call: ForwardedCall): Promise<OwnerAnswer> {
    const [owner, ...replicas] = this.urls[call.owner];
    // What changes something has one owner; what only reads may be answered by whoever has it.
    const [last = owner, ...before] = call.method === 'GET' ? [...replicas.toReversed(), owner] : [];
    for (const url of before.toReversed()) {
      const answer = await this.ask(url, caller, call).catch(() => undefined);
      if (answer !== undefined && answer.statusCode !== UNAVAILABLE) return answerOf(answer);
      await answer?.body.dump();
    }
    return answerOf(await this.ask(last, caller, call));
  }

  /** Safe to call twice: the agent is destroyed once. */
  onApplicationShutdown(): Promise<void> {
    this.destroyed ??= this.agent.destroy();
    return this.destroyed;
  }

  private async ask(url: string, caller: Caller, call: ForwardedCall): Promise<Dispatcher.ResponseData> {
    const { token } = await this.tokens.mint(caller, {
      txn: randomUUID(),
      digest: requestDigest(call.method, call.path, call.body ?? ''),
      kinds: coveredKinds(caller.scopes),
      deadlineMs: Date.now() + TIMEOUT_MS,
      requestId: randomUUID(),
    });
    return request(`${url}${call.path}`, {
      method: call.method,
      dispatcher: this.agent,
      headers: {
        ...traceHeaders(),
        [TXN_TOKEN_HEADER]: token,
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
    });
  }
}

async function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<OwnerAnswer> {
  const contentType = String(headers['content-type'] ?? '');
  if (statusCode < 400 && contentType !== '' && !/\bjson\b/.test(contentType)) {
    const disposition = headers['content-disposition'];
    const file = { contentType, disposition: disposition === undefined ? undefined : String(disposition) };
    return { status: statusCode, body: Buffer.from(await body.arrayBuffer()), file };
  }
  const text = await body.text();
  const parsed: unknown = text === '' ? undefined : JSON.parse(text);
  if (statusCode < 400) return { status: statusCode, body: parsed };
  if (isOutcome(parsed)) return { status: statusCode, body: parsed };
  throw new OwnerProblem(statusCode, (parsed as { code?: string } | undefined)?.code ?? 'internal', parsed);
}

const isOutcome = (body: unknown): boolean =>
  (body as { resourceType?: unknown } | undefined)?.resourceType === 'OperationOutcome';

/** Connects with the gateway's certificate as it is at that moment: it lives for a day and is renewed while the gateway runs. */
function renewedConnector({ TLS_CA, TLS_CERT, TLS_KEY }: GatewayConfig): buildConnector.connector {
  const [ca, cert, key] = [TLS_CA, TLS_CERT, TLS_KEY].map((path) => readFileSync(path, 'utf8'));
  return buildConnector({ ca, cert, key });
}
