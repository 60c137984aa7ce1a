import { type ForwardedRequest, Refusal, Serves, claimsOf } from '@hie/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { z } from 'zod';

import { LoggedTrail } from '../read-entries/logged-trail.js';
import { readDateRange } from '../search-audit-events/date-range.js';
import { CaseStore } from './case.store.js';
import { EvidenceEntries } from './evidence-entries.js';
import { caseOf, caseOutcomes, isOverdue } from './review-case.js';
import { ReviewCasesHandler } from './review-cases.handler.js';
import { drawSample } from './sampling-plan.js';
import { TransactionEntries, concernedOf, isGlassBroken } from './transaction-entries.js';

const reviews = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.review'] } as const;

const name = z.string().min(1).max(128);
const text = z.string().min(1).max(10_000);
const listSchema = z
  .object({
    state: z.enum(['open', 'closed', 'overdue', 'all']).default('open'),
    count: z.coerce.number().int().min(1).max(500).default(100),
  })
  .strict();
const openSchema = z.object({ txn: z.uuid() }).strict();
const assignSchema = z.object({ memberId: name, userId: name }).strict();
const commentSchema = z.object({ text }).strict();
const closeSchema = z.object({ outcome: z.enum(caseOutcomes), text: text.optional() }).strict();
const sampleSchema = z
  .object({
    from: z.string().regex(/^\d/),
    to: z.string().regex(/^\d/),
    seed: z.string().min(8).max(128),
    random: z.number().int().min(0).max(200),
    byRisk: z.number().int().min(0).max(200),
  })
  .strict();

/** Reviews: what compliance staff look into, who looks, until when, and what came of it. */
@Controller('ledger')
export class ReviewCasesController {
  constructor(
    private readonly handler: ReviewCasesHandler,
    private readonly store: CaseStore,
    private readonly transactions: TransactionEntries,
    private readonly evidences: EvidenceEntries,
    private readonly trail: LoggedTrail,
  ) {}

  @Get('cases')
  @Serves(reviews)
  async list(@Query() query: unknown, @Req() request: ForwardedRequest) {
    const filter = read(listSchema, query);
    const cases = await this.store.list(filter);
    const details = { criteria: ['case', filter.state], entries: cases.length };
    await this.trail.record({ action: 'ledger.searched', outcome: 'success', details }, { claims: claimsOf(request) });
    return { cases };
  }

  @Post('cases')
  @HttpCode(201)
  @Serves(reviews)
  async open(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const { txn } = read(openSchema, body);
    const reviewed = await this.transactions.reviewed(txn);
    if (reviewed === undefined) throw new Refusal('transaction-not-found', 404);
    const reason = reviewed.isGlassBroken ? 'break-glass' : 'reported';
    return { caseId: await this.handler.open(txn, reason, reviewed.concerned, claimsOf(request)) };
  }

  /** The case with all that was said in it. */
  @Get('cases/:id')
  @Serves(reviews)
  async one(@Param('id') id: string, @Req() request: ForwardedRequest) {
    const events = await this.eventsOf(id);
    const state = caseOf(events);
    await this.tellRead(id, state.txn, {}, request);
    return { caseId: id, ...state, isOverdue: isOverdue(state, Date.now()), events };
  }

  @Post('cases/:id/assignment')
  @HttpCode(204)
  @Serves(reviews)
  assign(@Param('id') id: string, @Body() body: unknown, @Req() request: ForwardedRequest): Promise<void> {
    return this.handler.tell(caseIdOf(id), { kind: 'assigned', to: read(assignSchema, body) }, claimsOf(request));
  }

  @Post('cases/:id/comments')
  @HttpCode(204)
  @Serves(reviews)
  comment(@Param('id') id: string, @Body() body: unknown, @Req() request: ForwardedRequest): Promise<void> {
    return this.handler.tell(caseIdOf(id), { kind: 'commented', ...read(commentSchema, body) }, claimsOf(request));
  }

  @Post('cases/:id/outcome')
  @HttpCode(204)
  @Serves(reviews)
  close(@Param('id') id: string, @Body() body: unknown, @Req() request: ForwardedRequest): Promise<void> {
    const { outcome, text: said } = read(closeSchema, body);
    const event = { kind: 'closed', outcome, ...(said === undefined ? {} : { text: said }) } as const;
    return this.handler.tell(caseIdOf(id), event, claimsOf(request));
  }

  /** The entries under review with their proofs: a file that can be checked without the exchange. To take it is an entry. */
  @Get('cases/:id/evidence')
  @Serves(reviews)
  async evidence(@Param('id') id: string, @Req() request: ForwardedRequest) {
    const events = await this.eventsOf(id);
    const evidence = await this.evidences.ofTransaction(caseOf(events).txn);
    await this.tellRead(id, evidence.txn, { entries: evidence.entries.length }, request);
    return { caseId: id, events, ...evidence };
  }

  /** Draws a sample of a period’s disclosures and opens a case of each; whoever has the seed can repeat the draw. */
  @Post('samples')
  @HttpCode(201)
  @Serves(reviews)
  async sample(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const { from, to, ...plan } = read(sampleSchema, body);
    const [begin, end] = [readDateRange(from), readDateRange(to)];
    if (begin === undefined || end === undefined) throw new Refusal('invalid-parameter', 400);
    const disclosed = await this.transactions.disclosuresBetween(begin.fromMs, end.beforeMs);
    if (disclosed === undefined) throw new Refusal('sample-too-wide', 422);
    const cases = [];
    for (const { entry, reason: drawn, score } of drawSample(
      disclosed.map((placed) => placed.entry),
      plan,
    )) {
      const { txn = '' } = entry;
      const concerned = concernedOf({ entry });
      const reason = isGlassBroken({ entry }) ? 'break-glass' : drawn;
      cases.push({ caseId: await this.handler.open(txn, reason, concerned, claimsOf(request)), txn, reason, score });
    }
    return { drawnFrom: disclosed.length, cases };
  }

  /** The patient is known by a pseudonym, which the reviewed transaction's own entries have. */
  private tellRead(id: string, txn: string, counts: { readonly entries?: number }, request: ForwardedRequest) {
    const details = { case: id, reviewed: txn, ...counts };
    return this.trail.record({ action: 'case.read', outcome: 'success', details }, { claims: claimsOf(request) });
  }

  private async eventsOf(id: string) {
    const events = await this.store.eventsOf(caseIdOf(id));
    if (events.length === 0) throw new Refusal('case-not-found', 404);
    return events;
  }
}

function read<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new Refusal('invalid-parameter', 400);
  return parsed.data;
}

function caseIdOf(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new Refusal('case-not-found', 404);
  return id;
}
