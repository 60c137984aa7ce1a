import { createHash, randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Clock } from '../people/clock.js';
import { EnrolmentSessionEntity } from './enrolment-session.entity.js';

/** Sent to this host over TLS alone, to no other host, and never along with a request from another site (RFC 6265bis). */
export const ENROLMENT_COOKIE = '__Host-hie-enrolment';
const LASTS_MS = 30 * 60_000;

type NewSession = Pick<EnrolmentSessionEntity, 'personId' | 'invitationId' | 'stage' | 'totpDraft'>;

/** Enrolments under way; the table holds digests of their cookies, so that it opens none. */
@Injectable()
export class EnrolmentSessions {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @returns the cookie's value: said once. */
  async open(session: NewSession): Promise<string> {
    const cookie = randomBytes(32).toString('base64url');
    const row = { ...session, cookieHash: digestOf(cookie), expiresAt: this.end() };
    await this.repository().insert(row);
    return cookie;
  }

  async find(cookie: string | undefined): Promise<EnrolmentSessionEntity | undefined> {
    if (cookie === undefined || cookie === '') return undefined;
    const session = await this.repository().findOneBy({ cookieHash: digestOf(cookie) });
    return session !== null && session.expiresAt > this.clock.now() ? session : undefined;
  }

  async advance({ cookieHash }: EnrolmentSessionEntity): Promise<void> {
    await this.repository().update({ cookieHash }, { stage: 'passkeys', totpDraft: null, expiresAt: this.end() });
  }

  async close({ cookieHash }: EnrolmentSessionEntity): Promise<void> {
    await this.repository().delete({ cookieHash });
  }

  private end(): Date {
    return new Date(this.clock.now().getTime() + LASTS_MS);
  }

  private repository() {
    return this.source.getRepository(EnrolmentSessionEntity);
  }
}

const digestOf = (cookie: string): Buffer => createHash('sha256').update(cookie).digest();
