import { answerSchema } from '@hie/contracts';
import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import type { GatewayConfig } from '../gateway.config.js';
import { AnswerRelease } from './answer-release.js';
import { KEPT_AFTER_DEADLINE_MS, PendingQueries } from './pending-queries.js';
import { PendingQuery } from './pending-query.js';
import { SessionStore, type StoredSession } from './session.store.js';

/** How often the store is looked into for what another instance has kept of a query, ms. */
const LOOK_EVERY_MS = 250;

/**
 * Queries that this process did not send itself: those of its life before a restart, and those that another instance answers.
 *
 * What comes of a query comes to every instance, and each drops what it does not know. So one that is not over is kept here from the moment on
 * that somebody asks for it, and what came just before is looked for in the store.
 */
@Injectable()
export class RememberedQueries implements OnModuleInit {
  constructor(
    private readonly sessions: SessionStore,
    private readonly pending: PendingQueries,
    private readonly release: AnswerRelease,
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: Pick<GatewayConfig, 'HIE_INSTANCE'>,
  ) {}

  /** Goes on with the queries that this instance was answering when it stopped, before anything comes of them. */
  async onModuleInit(): Promise<void> {
    for (const session of await this.sessions.unfinishedOf(this.config.HIE_INSTANCE, KEPT_AFTER_DEADLINE_MS)) {
      const query = await this.restored(session);
      this.pending.add(query);
      this.release.settle(query);
    }
  }

  /**
   * A query as it stands; `undefined` when there is none. Whoever shows its stages has them judged first (`AnswerRelease.review`).
   *
   * @param check throws where it is none of the asker's.
   */
  async recall(txn: string, check: (session: StoredSession) => void): Promise<PendingQuery | undefined> {
    const session = await this.sessions.find(txn);
    if (session === undefined) return undefined;
    check(session);
    return this.pending.find(txn) ?? this.recalled(session);
  }

  private async recalled(session: StoredSession): Promise<PendingQuery> {
    const query = await this.restored(session);
    if (isOver(session)) {
      query.expire();
      return query;
    }
    // Somebody else may have asked for it while it was read.
    const twin = this.pending.find(session.txn);
    if (twin !== undefined) return twin;
    this.pending.addOfAnother(query);
    this.followStore(query);
    return query;
  }

  private async restored(session: StoredSession): Promise<PendingQuery> {
    const query = new PendingQuery({ ...session, isAnswered: session.state === 'answered' });
    // A query that was answered as failed stays failed.
    if (session.state === 'failed') query.end('deadline-passed');
    await this.readStore(query);
    return query;
  }

  /** What the store holds of it; what the query has already changes nothing. */
  private async readStore(query: PendingQuery): Promise<void> {
    for (const { answer, basis, digest, more, receipt } of await this.sessions.answersOf(query.txn, query.memberId)) {
      query.addAnswer({ answer: answerSchema.parse(JSON.parse(answer)), digest, basis, more });
      if (receipt !== null) query.addReceipt(digest, receipt);
    }
  }

  private followStore(query: PendingQuery): void {
    let isLooking = false;
    const look = async (): Promise<void> => {
      isLooking = true;
      try {
        await this.readStore(query);
        this.release.settle(query);
      } catch (error) {
        this.logger.warn({ err: error }, 'held answers not read');
      } finally {
        isLooking = false;
      }
    };
    const timer = setInterval(() => {
      if (this.pending.find(query.txn) !== query) clearInterval(timer);
      else if (!isLooking) void look();
    }, LOOK_EVERY_MS);
  }
}

/** Whether nothing comes of it any more. */
const isOver = ({ state, deadlineMs }: StoredSession): boolean =>
  state === 'failed' || deadlineMs + KEPT_AFTER_DEADLINE_MS <= Date.now();
