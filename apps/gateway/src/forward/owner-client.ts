import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { ServiceName } from '@hie/contracts';
import { ATTEMPT_HEADER, REQUEST_ID_HEADER, SERVICE_CONFIG, TXN_TOKEN_HEADER, requestDigest } from '@hie/service-kit';
import { traceHeaders } from '@hie/telemetry';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';

import { TransactionTokens } from '../ask-exchange/transaction.js';
import { type Caller, coveredKinds } from '../edge/caller.js';
import type { GatewayConfig } from '../gateway.config.js';
import { firstAvailable } from './first-available.js';
import { OwnerInstances } from './owner-instances.js';
import { OwnerProblem } from './owner-problem.js';

export type Owner = Exclude<ServiceName, 'gateway'>;

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

const TIMEOUT_MS = 30_000;

/**
 * The other path: what people and feeds manage goes over HTTP to the service that owns it, under the gateway's certificate and a
 * transaction token minted for exactly this request.
 */
@Injectable()
export class OwnerClient implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly owners: Record<Owner, OwnerInstances>;
  /** Who else may be read while the owner is away. */
  private readonly replicas: Partial<Record<Owner, readonly string[]>>;
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
    this.owners = {
      'identity-provider': new OwnerInstances([config.IDENTITY_PROVIDER_URL]),
      'patient-index': new OwnerInstances(config.PATIENT_INDEX_URL),
      consent: new OwnerInstances([config.CONSENT_URL]),
      participants: new OwnerInstances([config.PARTICIPANTS_URL]),
      'record-locator': new OwnerInstances([config.RECORD_LOCATOR_URL]),
      'document-query': new OwnerInstances([config.DOCUMENT_QUERY_URL]),
      'audit-ledger': new OwnerInstances([config.AUDIT_LEDGER_URL]),
    };
    this.replicas = { 'audit-ledger': config.AUDIT_LEDGER_REPLICA_URLS };
  }

  /**
   * Asks the owner's instance that takes it; while one takes over from another, that is waited for. What changes something has one
   * owner; what only reads may be answered by a replica.
   *
   * @throws OwnerProblem for a refusal; whatever the HTTP client throws when the owner can't be reached.
   */
  forward(caller: Caller, call: ForwardedCall): Promise<OwnerAnswer> {
    const send = (url: string) => this.forwardTo(url, caller, call);
    const replicas = call.method === 'GET' ? (this.replicas[call.owner] ?? []) : [];
    return firstAvailable([() => this.owners[call.owner].ask(send), ...replicas.map((url) => () => send(url))]);
  }

  private async forwardTo(url: string, caller: Caller, call: ForwardedCall): Promise<OwnerAnswer> {
    const { token } = await this.tokens.mint(caller, {
      txn: randomUUID(),
      digest: requestDigest(call.method, call.path, call.body ?? ''),
      kinds: coveredKinds(caller.scopes),
      deadlineMs: Date.now() + TIMEOUT_MS,
    });
    const answer = await request(`${url}${call.path}`, {
      method: call.method,
      dispatcher: this.agent,
      headers: {
        ...traceHeaders(),
        [TXN_TOKEN_HEADER]: token,
        [REQUEST_ID_HEADER]: caller.requestId,
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    return answerOf(answer);
  }

  /** Safe to call twice: the agent is destroyed once. */
  onApplicationShutdown(): Promise<void> {
    this.destroyed ??= this.agent.destroy();
    return this.destroyed;
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
  const { [ATTEMPT_HEADER]: attempt } = headers;
  const told = typeof attempt === 'string' ? attempt : undefined;
  throw new OwnerProblem(statusCode, (parsed as { code?: string } | undefined)?.code ?? 'internal', parsed, told);
}

const isOutcome = (body: unknown): boolean =>
  (body as { resourceType?: unknown } | undefined)?.resourceType === 'OperationOutcome';

/** Connects with the gateway's certificate as it is at that moment: it lives for a day and is renewed while the gateway runs. */
function renewedConnector({ TLS_CA, TLS_CERT, TLS_KEY }: GatewayConfig): buildConnector.connector {
  const [ca, cert, key] = [TLS_CA, TLS_CERT, TLS_KEY].map((path) => readFileSync(path, 'utf8'));
  return buildConnector({ ca, cert, key });
}
