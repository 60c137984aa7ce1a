// Server-Sent Events: https://html.spec.whatwg.org/multipage/server-sent-events.html
import { clinicalPurposes, hopScopes } from '@hie/purpose-of-use';
import { REQUEST_ID_HEADER, Serves, isUuid } from '@hie/service-kit';
import { formatProofFile } from '@hie/transparency-log';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { AnswerReadings } from '../ask-exchange/answer-readings.js';
import { AnswerRelease } from '../ask-exchange/answer-release.js';
import type { PendingQuery } from '../ask-exchange/pending-query.js';
import { RememberedQueries } from '../ask-exchange/remembered-queries.js';
import type { StoredSession } from '../ask-exchange/session.store.js';
import { type Caller, type CallerRequest, callerOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { OutcomeError } from '../http/outcome-error.js';
import type { StageView } from './stage-view.js';
import { StageViews } from './stage-views.js';

/** How long after its deadline a query is still listened to: members answer late for as long. */
const LATE_WINDOW_MS = 11_000;
const KEEP_ALIVE_MS = 10_000;
const reads = {
  purposes: [...clinicalPurposes, 'BTG', 'PATRQT'],
  scopes: [hopScopes.retrieve, hopScopes.match],
} as const;

export interface QueryView {
  readonly txn: string;
  readonly deadline: string;
  readonly ended: boolean;
  readonly stages: readonly StageView[];
}

/** A query's own URL: what has been released of it, and what comes late as it comes. Only its asker may read it; the ledger is told of each reading before. */
@ApiTags('queries')
@Controller('queries')
export class QueriesController {
  constructor(
    private readonly remembered: RememberedQueries,
    private readonly release: AnswerRelease,
    private readonly readings: AnswerReadings,
    private readonly views: StageViews,
  ) {}

  @Get(':txn')
  @Serves(reads)
  @ForPeople({ roles: ['clinician'] })
  @ApiOperation({ summary: 'All stages of a query released so far' })
  async read(@Param('txn') txn: string, @Req() request: CallerRequest): Promise<QueryView> {
    const query = await this.queryOf(txn, request);
    const stages = await this.readings.read(query, callerOf(request), 'query');
    return {
      txn,
      deadline: new Date(query.deadlineMs).toISOString(),
      ended: query.isEnded,
      stages: stages.map((stage) => this.views.of(query, stage)),
    };
  }

  @Get(':txn/events')
  @Serves(reads)
  @ForPeople({ roles: ['clinician'] })
  @ApiOperation({ summary: 'Stages as they are released, late results among them (Server-Sent Events)' })
  async events(@Param('txn') txn: string, @Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = await this.queryOf(txn, request);
    await this.readings.read(query, callerOf(request), 'events');
    reply.hijack();
    const stream = reply.raw;
    const headers = { 'cache-control': 'no-store', [REQUEST_ID_HEADER]: request.id };
    stream.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    const send = (event: string, data: unknown) => stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const stopListening = query.follow((stage) => send(stage.answer.stage, this.views.of(query, stage)));
    const keepAlive = setInterval(() => stream.write(': \n\n'), KEEP_ALIVE_MS);
    const close = setTimeout(
      () => {
        send('end', {});
        stream.end();
      },
      Math.max(0, query.deadlineMs + LATE_WINDOW_MS - Date.now()),
    );
    stream.on('close', () => {
      clearInterval(keepAlive);
      clearTimeout(close);
      stopListening();
    });
  }

  @Get(':txn/proofs/:index')
  @Serves(reads)
  @ForPeople({ roles: ['clinician'] })
  @ApiOperation({ summary: 'The ledger’s receipt of a stage as a C2SP tlog-proof file' })
  async proof(
    @Param('txn') txn: string,
    @Param('index') index: string,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await this.queryOf(txn, request);
    await this.release.review(query);
    const { released } = query;
    const stage = released.find(({ receipt }) => String(receipt.index) === index);
    if (stage === undefined) throw new OutcomeError('query-not-found');
    const { proof, checkpoint } = stage.receipt;
    const path = proof.map((hash) => Buffer.from(hash, 'base64'));
    const file = formatProofFile({ index: stage.receipt.index, path, checkpoint });
    await reply.type('text/plain; charset=utf-8').send(file);
  }

  /** @throws OutcomeError `query-not-found`, for another's query as for none. */
  private async queryOf(txn: string, request: CallerRequest): Promise<PendingQuery> {
    const caller = callerOf(request);
    const query = isUuid(txn)
      ? await this.remembered.recall(txn, (session) => {
          if (!isOwn(session, caller)) throw new OutcomeError('query-not-found', {}, 'query-of-another');
        })
      : undefined;
    if (query === undefined) throw new OutcomeError('query-not-found');
    return query;
  }
}

/** What was asked in nobody's name, any person of that system may read; the ledger has who did. */
const isOwn = (session: StoredSession, { clientId, memberId, purpose, userId }: Caller): boolean =>
  session.clientId === clientId &&
  session.memberId === memberId &&
  session.purpose === purpose &&
  (session.userId === undefined || session.userId === userId);
