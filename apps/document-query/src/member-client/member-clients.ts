import type { MemberChanged } from '@hie/contracts';
import { FileKeyring, MemberDirectory, type Reachability, SERVICE_CONFIG, reachability } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConsecutiveBreaker, bulkhead, circuitBreaker, handleWhen, wrap } from 'cockatiel';

import type { DocumentQueryConfig } from '../document-query.config.js';
import { BackendToken } from './backend-token.js';
import { MemberClient } from './member-client.js';
import { MemberFailure } from './member-failure.js';
import { MemberHttp } from './member-http.js';

const SCOPE = 'system/*.rs';
const FAILURES_TO_OPEN = 5;
const HALF_OPEN_AFTER_MS = 10_000;
/** Requests that may wait for one member's connections, as a multiple of these. */
const QUEUE_FACTOR = 8;

/** The clients of all members, made when first needed and made anew when a member's endpoint changes. */
@Injectable()
export class MemberClients implements OnApplicationShutdown {
  private readonly clients = new Map<string, { readonly version: number; readonly client: MemberClient }>();
  private readonly networks: Reachability;

  constructor(
    private readonly directory: MemberDirectory,
    @Inject(SERVICE_CONFIG) private readonly config: DocumentQueryConfig,
    private readonly keyring: FileKeyring,
  ) {
    this.networks = reachability(config.MEMBER_NETWORKS);
  }

  /** `undefined` for a member that is unknown, suspended, or has no FHIR endpoint. */
  find(memberId: string): MemberClient | undefined {
    const member = this.directory.active(memberId);
    if (member === undefined) return undefined;
    const known = this.clients.get(memberId);
    if (known?.version === member.version) return known.client;
    void known?.client.close();
    const client = this.create(member);
    if (client !== undefined) this.clients.set(memberId, { version: member.version, client });
    return client;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.clients.values()].map(({ client }) => client.close()));
  }

  private create({ endpoints }: MemberChanged): MemberClient | undefined {
    const endpoint = endpoints.find(({ kind }) => kind === 'fhir-r4');
    if (endpoint === undefined) return undefined;
    const baseUrl = endpoint.url.replace(/\/+$/, '');
    const { MEMBER_CONNECTIONS: connections, MEMBER_BODY_BYTES: bodyBytes, MEMBER_CLIENT_ID: clientId } = this.config;
    const http = new MemberHttp({
      baseUrl,
      connections,
      bodyBytes,
      networks: this.networks,
      ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
    });
    const signingKey = () => this.keyring.signingKeys('member-client')[0];
    const token = new BackendToken({ http, baseUrl, clientId, signingKey, scope: SCOPE });
    const breaker = circuitBreaker(handleWhen(countsAgainst), {
      halfOpenAfter: HALF_OPEN_AFTER_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    return new MemberClient({
      baseUrl,
      http,
      token,
      policy: wrap(bulkhead(connections, connections * QUEUE_FACTOR), breaker),
    });
  }
}

/** A member that says no is in order; one that fails or keeps silent is not. */
const countsAgainst = (error: unknown): boolean =>
  !(error instanceof MemberFailure) || error.status === 'failed' || error.status === 'timed-out';
