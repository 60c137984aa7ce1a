import { type ForwardedRequest, Serves } from '@hie/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, UseGuards } from '@nestjs/common';
import { z } from 'zod';

import { WritersDoorGuard } from '../follow-writer/writers-door.guard.js';
import { stewardOf } from './acting-person.js';
import { parsed } from './parsed.js';
import { ReviewReader } from './review-reader.js';
import { ReviewsHandler } from './reviews.handler.js';

const reviewing = {
  purposes: ['RECORDMGT'],
  scopes: ['exchange/identity.review', 'exchange/identity.manage'],
} as const;
const counting = { purposes: ['RECORDMGT', 'HCOMPL'], scopes: reviewing.scopes } as const;

const listSchema = z.object({
  status: z.enum(['open', 'proposed', 'decided']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.uuid().optional(),
});

const wordSchema = z
  .object({
    verdict: z.enum(['same', 'different', 'reject']),
    personId: z.uuid().optional(),
    reason: z.string().trim().min(1).max(500),
  })
  .strict();

const uuid = z.uuid();

/** The review queue, behind the gateway. */
@Controller('identity')
@UseGuards(WritersDoorGuard)
export class ReviewsController {
  constructor(
    private readonly reader: ReviewReader,
    private readonly reviews: ReviewsHandler,
  ) {}

  @Get('reviews')
  @Serves(reviewing)
  async list(@Query() query: unknown, @Req() request: ForwardedRequest) {
    stewardOf(request);
    const { status, ...page } = parsed(listSchema, query, 'invalid-parameter', 400);
    const statuses = status === undefined ? (['open', 'proposed'] as const) : [status];
    const { after, limit } = page;
    return { reviews: await this.reader.list({ statuses, limit, ...(after === undefined ? {} : { after }) }) };
  }

  @Get('reviews/:reviewId')
  @Serves(reviewing)
  read(@Param('reviewId') reviewId: string, @Req() request: ForwardedRequest) {
    return this.reader.read(parsed(uuid, reviewId, 'review-unknown', 404), stewardOf(request));
  }

  @Post('reviews/:reviewId/decisions')
  @HttpCode(200)
  @Serves(reviewing)
  async decide(@Param('reviewId') given: string, @Body() body: unknown, @Req() request: ForwardedRequest) {
    const steward = stewardOf(request);
    const reviewId = parsed(uuid, given, 'review-unknown', 404);
    const { personId, ...word } = parsed(wordSchema, body, 'decision-invalid', 422);
    const said = { ...word, ...(personId === undefined ? {} : { personId }) };
    return { reviewId, status: await this.reviews.decide(reviewId, said, steward) };
  }

  @Get('calibration')
  @Serves(counting)
  async calibration(@Req() request: ForwardedRequest) {
    stewardOf(request);
    return { models: await this.reader.calibration() };
  }
}
