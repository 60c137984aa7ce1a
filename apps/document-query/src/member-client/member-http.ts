import { traceHeaders } from '@hie/telemetry';
import type { Reachability } from '@hie/service-kit';
import { Pool } from 'undici';

import { MemberFailure, asMemberFailure } from './member-failure.js';

export interface MemberHttpOptions {
  /** The member's FHIR base. */
  readonly baseUrl: string;
  /** PEM; trusted for this member, instead of the public authorities. */
  readonly ca?: string;
  readonly connections: number;
  readonly bodyBytes: number;
  /** Where a member's system may be. */
  readonly networks: Reachability;
}

export interface MemberRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, and of the member's own origin. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface MemberResponse {
  readonly status: number;
  readonly body: unknown;
}

const CONNECT_TIMEOUT_MS = 1_000;

/**
 * The connection to one member: its own pool, so that a slow member holds nobody else's up; bounded bodies; no redirects, and no
 * request to another origin, whatever the member's answers say. Its name is looked up for each connection, which is made to an
 * address that was looked at: a name that stands for an address inside by then leads nowhere.
 */
export class MemberHttp {
  private readonly pool: Pool;
  private readonly origin: string;
  private readonly isAllowed: boolean;

  constructor(options: MemberHttpOptions) {
    const { origin, hostname } = new URL(options.baseUrl);
    this.origin = origin;
    this.isAllowed = options.networks.isHostAllowed(hostname);
    this.pool = new Pool(this.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      maxResponseSize: options.bodyBytes,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        minVersion: 'TLSv1.2',
        lookup: options.networks.lookup,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      },
    });
  }

  /** @throws MemberFailure; never anything of the member's own making. */
  async request({ method, url, headers, body, signal }: MemberRequest): Promise<MemberResponse> {
    const target = new URL(url);
    if (target.origin !== this.origin || !this.isAllowed) throw new MemberFailure('failed', 'malformed-answer');
    try {
      const response = await this.pool.request({
        method,
        path: `${target.pathname}${target.search}`,
        headers: { ...traceHeaders(), ...headers },
        signal,
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.body.text();
      return { status: response.statusCode, body: response.statusCode < 300 ? JSON.parse(text) : undefined };
    } catch (error) {
      throw asMemberFailure(error);
    }
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}
