import { type GlassReported, glassReported } from '@hie/contracts';
import { Consumes, type Received } from '@hie/messaging';
import { type ForwardedRequest, Refusal, Serves, claimsOf } from '@hie/service-kit';
import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { z } from 'zod';

import { BreakGlassNotices } from './break-glass-notices.js';

const reads = { purposes: ['HCOMPL'], scopes: ['exchange/notices.read'] } as const;
const listSchema = z.object({ state: z.enum(['open', 'all']).default('open') }).strict();

/** Notices of broken glass: what the ledger reports comes in, and the members that are told read it here. */
@Controller('break-glass-notices')
export class BreakGlassNoticesController {
  constructor(private readonly notices: BreakGlassNotices) {}

  @Consumes(glassReported)
  async onGlassReported({ body, delivery }: Received<GlassReported>): Promise<void> {
    await this.notices.issue(delivery, body);
  }

  @Get()
  @Serves(reads)
  async list(@Query() query: unknown, @Req() request: ForwardedRequest) {
    const parsed = listSchema.safeParse(query);
    if (!parsed.success) throw new Refusal('invalid-parameter', 400);
    return { notices: await this.notices.list(claimsOf(request).tctx, parsed.data.state === 'open') };
  }

  @Post(':noticeId/acknowledgement')
  @HttpCode(204)
  @Serves(reads)
  async acknowledge(@Param('noticeId') noticeId: string, @Req() request: ForwardedRequest): Promise<void> {
    if (!z.uuid().safeParse(noticeId).success) throw new Refusal('notice-not-found', 404);
    await this.notices.acknowledge(noticeId, claimsOf(request));
  }
}
