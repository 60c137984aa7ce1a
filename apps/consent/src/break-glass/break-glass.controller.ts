import { hopScopes } from '@hie/purpose-of-use';
import { type ForwardedRequest, Refusal, Serves, claimsOf } from '@hie/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { z } from 'zod';

import { BreakGlassHandler } from './break-glass.handler.js';
import { BreakGlassReader, type ReadCase } from './break-glass-reader.js';

const caseSchema = z.object({ txn: z.uuid(), reason: z.string().trim().min(10).max(2000) }).strict();

/** Cases of broken glass, opened by the gateway on a clinician's behalf. */
@Controller('break-glass-cases')
export class BreakGlassController {
  constructor(
    private readonly handler: BreakGlassHandler,
    private readonly reader: BreakGlassReader,
  ) {}

  @Post()
  @HttpCode(201)
  @Serves({ purposes: ['BTG'], scopes: [hopScopes.retrieve] })
  async open(@Body() body: unknown, @Req() request: ForwardedRequest): Promise<object> {
    const parsed = caseSchema.safeParse(body);
    if (!parsed.success) throw new Refusal('reason-missing', 422);
    await this.handler.open(parsed.data.txn, parsed.data.reason, claimsOf(request));
    return { txn: parsed.data.txn };
  }

  /** For whoever reviews the case that the ledger has opened of the same transaction. */
  @Get(':txn')
  @Serves({ purposes: ['HCOMPL'], scopes: ['exchange/ledger.review'] })
  async read(@Param('txn') txn: string, @Req() request: ForwardedRequest): Promise<ReadCase> {
    if (!z.uuid().safeParse(txn).success) throw new Refusal('case-not-found', 404);
    return this.reader.read(txn, claimsOf(request));
  }
}
