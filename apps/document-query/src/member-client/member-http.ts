import { traceHeaders } from '@hie/telemetry';
import { Pool } from 'undici';

import { MemberFailure, asMemberFailure } from './member-failure.js';

export interface MemberHttpOptions {
  /** The member's FHIR base. */
  readonly baseUrl: string;
  /** PEM; trusted for this member, instead of the public authorities. */
  readonly ca?: string;
  readonly connections: number;
  readonly bodyBytes: number;
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
 * request to another origin, whatever the member's answers say.
 */
export class MemberHttp {
  private readonly pool: Pool;
  private readonly origin: string;

  constructor(options: MemberHttpOptions) {
    this.origin = new URL(options.baseUrl).origin;
    this.pool = new Pool(this.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      maxResponseSize: options.bodyBytes,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        minVersion: 'TLSv1.2',
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      },
    });
  }

  /** @throws MemberFailure; never anything of the member's own making. */
  async request({ method, url, headers, body, signal }: MemberRequest): Promise<MemberResponse> {
    const target = new URL(url);
    if (target.origin !== this.origin) throw new MemberFailure('failed', 'malformed-answer');
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
