import { randomUUID } from 'node:crypto';

import {
  type Custodian,
  type Query,
  type RecordKind,
  type RecordsLocated,
  custodiansObserved,
  querySchema,
  recordKinds,
} from '@hie/contracts';
import { type SearchStage, lateDiff } from '@hie/fhir';
import { type AuditFacts, type Emission, type Received, type TransactionScope, emission } from '@hie/messaging';
import { MemberDirectory, PersonStandings, PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { DocumentQueryConfig } from '../document-query.config.js';
import { MemberClients } from '../member-client/member-clients.js';
import { type AskOptions, type Asking, askMember, repliesSoFar, repliesWithin } from './ask-members.js';
import { assembleAnswer } from './assemble-answer.js';
import type { CustodianReplies, MemberReply } from './member-reply.js';
import { type ReadReplies, readReplies } from './read-replies.js';
import { standingDecision } from './standing-decision.js';

type Commit = Received<RecordsLocated>['commit'];

/** One query on its way: what is asked of whom, and what has come back so far. */
interface Fetch {
  readonly located: RecordsLocated;
  readonly query: Query;
  readonly scope: TransactionScope;
  readonly commit: Commit;
  readonly asked: readonly Custodian[];
  readonly signal: AbortSignal;
}

/** What the last stage showed, and whom it asked. */
interface Shown {
  readonly shown: ReadReplies;
  readonly critical: readonly Asking[];
  readonly rest: readonly Asking[];
}

/**
 * Answers a query from the members' own systems: the critical set first, the rest after it, and what comes too late as a
 * difference to what was shown.
 *
 * The critical set does not wait for the slow beyond `CRITICAL_WAIT_MS`, whatever the deadline: their rows say that they are missing.
 * Each stage is stored and sent by itself, so that after a crash only the missing ones are done again.
 */
@Injectable()
export class AnswerQueryHandler {
  constructor(
    private readonly clients: MemberClients,
    private readonly directory: MemberDirectory,
    private readonly standings: PersonStandings,
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: DocumentQueryConfig,
  ) {}

  async handle({ body: decided, scope, commit }: Received<RecordsLocated>): Promise<undefined> {
    if (scope === undefined) throw new RangeError('A transaction’s message came without its scope.');
    const body = this.asItStands(decided);
    const query = querySchema.parse(JSON.parse(body.query));
    const asked = this.askedOf(body, query, scope);
    if (asked.length === 0) {
      const rows = query.operation === 'match' ? [] : readReplies(this.withReplies(body, new Map()), []).rows;
      await commit('critical', assembleAnswer({ located: body, stage: 'critical', more: false, rows, at: new Date() }));
      return;
    }
    const { deadline } = scope.claims.tctx;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), Math.max(0, deadline - Date.now()) + this.config.LATE_WAIT_MS);
    const fetch: Fetch = { located: body, query, scope, commit, asked, signal: giveUp.signal };
    this.watchLate(fetch, await this.fetch(fetch))
      .catch((error: unknown) => this.logger.warn({ err: error }, 'late answers not told'))
      .finally(() => clearTimeout(timer));
  }

  /** Whom to ask: those the locator names, and never one that the seals so far do not allow. */
  private askedOf({ custodians, decision }: RecordsLocated, query: Query, { allow }: TransactionScope): Custodian[] {
    if (query.operation === 'match' || decision.effect !== 'permit') return [];
    return custodians.filter(
      ({ instruction, memberId }) => instruction === 'ask' && allow.dst?.includes(memberId) === true,
    );
  }

  /** @returns once the answer is out: what is still open then. */
  private async fetch(fetch: Fetch): Promise<Shown> {
    const { located, query, commit } = fetch;
    const critical = this.ask(fetch, 'critical');
    const first = await repliesWithin(critical, Math.min(this.config.CRITICAL_WAIT_MS, this.remainingMs(fetch)));
    const more = query.stages.includes('complete');
    const shown = this.read(fetch, [first]);
    const standing = this.asItStands(located);
    const isWithheld = standing.decision.effect === 'deny';
    const parts = {
      located: standing,
      stage: 'critical',
      more: more && !isWithheld,
      ...shown,
      at: new Date(),
    } as const;
    const { emit, audit } = assembleAnswer(parts);
    await commit('critical', { emit: [...emit, ...observation(located, fetch.asked, first)], audit });
    if (isWithheld) return { shown, critical: [], rest: [] };
    return more ? await this.complete(fetch, critical) : { shown, critical, rest: [] };
  }

  /** Asks for the rest, and gives whoever was late with the critical set until the deadline. */
  private async complete(fetch: Fetch, critical: readonly Asking[]): Promise<Shown> {
    const { commit } = fetch;
    const rest = this.ask(fetch, 'rest');
    await repliesWithin([...critical, ...rest], this.remainingMs(fetch));
    const shown = this.read(fetch, roundsSoFar(critical, rest));
    const located = this.asItStands(fetch.located);
    await commit('complete', assembleAnswer({ located, stage: 'complete', more: false, ...shown, at: new Date() }));
    return { shown, critical, rest };
  }

  /** Compares what still comes with what was shown; in memory alone, because it is worth nothing after a restart. */
  private async watchLate(fetch: Fetch, { shown, critical, rest }: Shown): Promise<void> {
    let told = shown;
    const open = [...critical, ...rest].filter(({ settled }) => settled === undefined);
    await Promise.all(
      open.map(async (asking) => {
        if ((await asking.reply).kind !== 'answered') return;
        const now = this.read(fetch, roundsSoFar(critical, rest));
        const changes = lateDiff(told.record, now.record);
        told = now;
        if (changes.length === 0) return;
        // A member may be late twice, with the critical set and with the rest.
        const part = `late:${asking.custodian.memberId}:${critical.includes(asking) ? 'critical' : 'rest'}`;
        const located = this.asItStands(fetch.located);
        if (located.decision.effect === 'deny') {
          await fetch.commit(part, { emit: [], audit: [withheldLate(located)] });
          return;
        }
        const answer = assembleAnswer({ located, stage: 'late', more: false, ...now, changes, at: new Date() });
        await fetch.commit(part, answer);
      }),
    );
  }

  private ask({ asked, query, scope, signal }: Fetch, stage: SearchStage): Asking[] {
    const requester = this.directory.find(scope.claims.tctx.org);
    const behalf = {
      purpose: scope.claims.tctx.purp,
      organizationId: requester?.organizationId ?? scope.claims.tctx.org,
      organizationName: requester?.name ?? scope.claims.tctx.org,
    };
    const types = scope.allow.res.filter((kind) => (query.kinds as readonly string[]).includes(kind));
    const options: AskOptions = { stage, types: types.length === recordKinds.length ? [] : types, behalf, signal };
    return asked.map((custodian) => askMember(custodian, this.clients.find(custodian.memberId), options));
  }

  private read({ located, asked }: Fetch, rounds: readonly (readonly MemberReply[])[]): ReadReplies {
    const replies = new Map(asked.map(({ memberId }, at) => [memberId, rounds.flatMap((round) => round[at] ?? [])]));
    return readReplies(this.withReplies(located, replies), located.decision.obligations.withholdLabels);
  }

  private withReplies(
    located: RecordsLocated,
    replies: ReadonlyMap<string, readonly MemberReply[]>,
  ): CustodianReplies[] {
    return located.custodians.map((located) => {
      const custodian = this.asAsked(located);
      const baseUrl = this.clients.find(custodian.memberId)?.baseUrl;
      return {
        custodian,
        name: this.directory.find(custodian.memberId)?.name ?? custodian.memberId,
        replies: replies.get(custodian.memberId) ?? [],
        ...(baseUrl === undefined ? {} : { baseUrl }),
      };
    });
  }

  /** A member that was suspended since is as if it had never been asked. */
  private asAsked(custodian: Custodian): Custodian {
    const isSuspended = custodian.instruction === 'ask' && !this.directory.isActive(custodian.memberId);
    return isSuspended ? { ...custodian, instruction: 'member-suspended' } : custodian;
  }

  /** The query with the decision that holds now; to be asked whenever something is about to be assembled. */
  private asItStands(located: RecordsLocated): RecordsLocated {
    return standingDecision(located, this.standings, Date.now());
  }

  private remainingMs({ scope }: Fetch): number {
    return scope.claims.tctx.deadline - Date.now() - this.config.RELEASE_RESERVE_MS;
  }
}

const roundsSoFar = (critical: readonly Asking[], rest: readonly Asking[]) =>
  [critical, rest].filter(({ length }) => length > 0).map(repliesSoFar);

/** A late difference that may not be told any more. */
const withheldLate = ({ identity, decision }: RecordsLocated): AuditFacts => ({
  action: 'answer.withheld',
  outcome: 'denied',
  reason: decision.rule,
  details: { stage: 'late' },
  ...(identity.outcome === 'certain' ? { personId: identity.personId } : {}),
});

/** What the record locator learns of this query: who answered, how fast, and with what kinds. */
function observation(
  located: RecordsLocated,
  asked: readonly Custodian[],
  replies: readonly MemberReply[],
): Emission[] {
  if (located.identity.outcome !== 'certain') return [];
  const observations = asked.map(({ memberId }, at) => {
    const reply = replies[at];
    return {
      memberId,
      answered: reply?.kind === 'answered',
      elapsedMs: reply?.elapsedMs ?? 0,
      kinds: reply?.kind === 'answered' ? kindsIn(reply.answer.resources) : [],
    };
  });
  const { personId } = located.identity;
  return [
    emission(custodiansObserved, { eventId: randomUUID(), personId, observations, at: new Date().toISOString() }),
  ];
}

function kindsIn(resources: readonly unknown[]): RecordKind[] {
  const types = new Set(resources.map((resource) => (resource as { resourceType?: unknown } | null)?.resourceType));
  return recordKinds.filter((kind) => types.has(kind));
}
