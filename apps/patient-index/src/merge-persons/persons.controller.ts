import { type ForwardedRequest, Serves } from '@hie/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, UseGuards } from '@nestjs/common';
import { z } from 'zod';

import { WritersDoorGuard } from '../follow-writer/writers-door.guard.js';
import { stewardOf } from '../review-identities/acting-person.js';
import { parsed } from '../review-identities/parsed.js';
import { MergesHandler } from './merges.handler.js';
import { PartingsHandler } from './partings.handler.js';
import { PersonHistories } from './person-history.js';

const manages = { purposes: ['RECORDMGT'], scopes: ['exchange/identity.manage'] } as const;
const reads = { purposes: ['RECORDMGT', 'HCOMPL'], scopes: ['exchange/identity.review', ...manages.scopes] } as const;

const reason = z.string().trim().min(1).max(500);
const mergeSchema = z.object({ personId: z.uuid(), survivorId: z.uuid(), reason }).strict();
const unmergeSchema = z.object({ personId: z.uuid(), reason }).strict();
const unlinkSchema = z.object({ reason }).strict();
const uuid = z.uuid();
const after = z
  .string()
  .transform((text) => text.split('.'))
  .pipe(z.tuple([uuid, uuid]))
  .transform(([txn, personId]) => ({ txn, personId }));
const historySchema = z
  .object({ since: z.iso.datetime().optional(), record: uuid.optional(), after: after.optional() })
  .strict()
  .refine(({ since, record }) => since === undefined || record === undefined)
  .transform(({ since, record, ...page }) => ({
    span: record === undefined ? { since: new Date(since ?? 0) } : { recordId: record },
    ...page,
  }));

/** Who joins and parts persons, behind the gateway. */
@Controller('identity')
@UseGuards(WritersDoorGuard)
export class PersonsController {
  constructor(
    private readonly merges: MergesHandler,
    private readonly partings: PartingsHandler,
    private readonly histories: PersonHistories,
  ) {}

  /** A proposal; the merge is made by another person's word on the review. */
  @Post('merges')
  @HttpCode(202)
  @Serves(manages)
  async proposeMerge(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const steward = stewardOf(request);
    const proposal = parsed(mergeSchema, body, 'merge-invalid', 422);
    return { reviewId: await this.merges.propose(proposal, steward), status: 'proposed' };
  }

  @Post('unmerges')
  @HttpCode(200)
  @Serves(manages)
  unmerge(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const steward = stewardOf(request);
    const { personId, reason: why } = parsed(unmergeSchema, body, 'unmerge-invalid', 422);
    return this.partings.unmerge(personId, why, steward);
  }

  @Post('records/:recordId/unlinking')
  @HttpCode(200)
  @Serves(manages)
  unlink(@Param('recordId') recordId: string, @Body() body: unknown, @Req() request: ForwardedRequest) {
    const steward = stewardOf(request);
    const { reason: why } = parsed(unlinkSchema, body, 'unlinking-invalid', 422);
    return this.partings.takeOff(parsed(uuid, recordId, 'record-unknown', 404), why, steward);
  }

  /** `since`, `record` and `after` say which of its disclosures: `next` of the page before, or of a parting. */
  @Get('persons/:personId')
  @Serves(reads)
  read(@Param('personId') given: string, @Query() query: unknown, @Req() request: ForwardedRequest) {
    const steward = stewardOf(request);
    const personId = parsed(uuid, given, 'person-unknown', 404);
    const { span, after: last } = parsed(historySchema, query, 'invalid-parameter', 400);
    return this.histories.read(personId, steward, span, last);
  }
}
