import { AuditTrail } from '@hie/messaging';
import { type ForwardedRequest, Refusal, SERVICE_CONFIG, Serves, claimsOf } from '@hie/service-kit';
import { isShardName } from '@hie/transparency-log';
import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { z } from 'zod';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { ShardRetention } from './shard-retention.js';

const orderSchema = z
  .object({
    shards: z.array(z.string().refine(isShardName)).min(1).max(100),
    matter: z.string().regex(/^[A-Za-z0-9._/-]{1,64}$/),
  })
  .strict();

const erases = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.erase'] } as const;

/** Half-years whose time is over: what would go and why others stay, and the order to drop some. */
@Controller('ledger')
export class RetainShardsController {
  constructor(
    private readonly retention: ShardRetention,
    private readonly trail: AuditTrail,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
  ) {}

  @Get('retention')
  @Serves(erases)
  async plan(@Req() request: ForwardedRequest) {
    const plan = await this.retention.plan();
    const details = { entries: plan.length, criteria: ['retention'] };
    await this.trail.record({ action: 'ledger.searched', outcome: 'success', details }, { claims: claimsOf(request) });
    const shards = plan.map(({ periodEndsMs, name, state, because, entries }) => ({
      ...{ name, state, entries, because },
      ...(state === 'dropped' ? {} : { periodEnds: new Date(periodEndsMs).toISOString() }),
    }));
    return { years: this.config.LEDGER_RETENTION_YEARS, shards };
  }

  @Post('retention/drops')
  @HttpCode(201)
  @Serves(erases)
  async drop(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const parsed = orderSchema.safeParse(body);
    if (!parsed.success) throw new Refusal('invalid-parameter', 400);
    const { shards, matter } = parsed.data;
    const receipt = await this.retention.drop(shards, matter, claimsOf(request));
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    return { ...receipt, leafHash: base64(receipt.leafHash), proof: receipt.proof.map(base64) };
  }
}
