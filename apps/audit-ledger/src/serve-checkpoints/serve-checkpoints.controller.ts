import { Public, Refusal } from '@hie/service-kit';
import { headersOf, isShardName } from '@hie/transparency-log';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { LogView } from '../read-log/log-view.js';

const sizeSchema = z.coerce.number().int().min(0);
const shardSchema = z.string().refine(isShardName).optional();
const pageSchema = z
  .object({
    shard: shardSchema,
    after: z.coerce.number().int().min(-1).default(-1),
    count: z.coerce.number().int().min(1).max(1_000).default(100),
  })
  .strict();

/**
 * Every cosigned checkpoint there ever was, for anybody to keep elsewhere. Public for the same reason as
 * the log: a checkpoint names nobody, and is worth most where the ledger's operator can't reach it.
 */
@Controller()
export class ServeCheckpointsController {
  constructor(
    private readonly store: CheckpointStore,
    private readonly view: LogView,
  ) {}

  /** Those of a shard (the newest unless said) of more than `after` entries (-1 when absent: all), smallest first, as notes. */
  @Get('checkpoints')
  @Public()
  async page(@Query() query: unknown): Promise<{ checkpoints: readonly { size: number; at: Date; note: string }[] }> {
    const parsed = pageSchema.safeParse(query);
    if (!parsed.success) throw new Refusal('invalid-parameter', 400);
    const { shard = await this.newestShard(), after, count } = parsed.data;
    return { checkpoints: await this.store.following(shard, after, count) };
  }

  /** Without a shard the newest is meant, and so another tomorrow: only with one may the answer be kept. */
  @Get('checkpoints/:size')
  @Public()
  async one(@Param('size') size: string, @Query('shard') shard: unknown, @Res() reply: FastifyReply): Promise<void> {
    const parsed = z.object({ size: sizeSchema, shard: shardSchema }).safeParse({ size, shard });
    if (!parsed.success) throw new Refusal('not-found', 404);
    const found = await this.store.ofSize(parsed.data.shard ?? (await this.newestShard()), parsed.data.size);
    if (found === undefined) throw new Refusal('not-found', 404);
    await reply
      .headers(headersOf({ kind: 'checkpoint' }))
      .headers(parsed.data.shard === undefined ? {} : { 'cache-control': 'public, max-age=31536000, immutable' })
      .send(found.note);
  }

  private async newestShard(): Promise<string> {
    return (await this.view.current()).shards.at(-1)?.name ?? '';
  }
}
