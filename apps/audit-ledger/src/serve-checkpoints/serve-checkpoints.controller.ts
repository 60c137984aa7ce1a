import { Public, Refusal } from '@hie/service-kit';
import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { z } from 'zod';

import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';

const sizeSchema = z.coerce.number().int().min(0);
const pageSchema = z
  .object({
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
  constructor(private readonly store: CheckpointStore) {}

  /** Those of more than `after` entries (-1 when absent: all), smallest first, as notes. */
  @Get('checkpoints')
  @Public()
  async page(@Query() query: unknown): Promise<{ checkpoints: readonly { size: number; at: Date; note: string }[] }> {
    const parsed = pageSchema.safeParse(query);
    if (!parsed.success) throw new Refusal('invalid-parameter', 400);
    return { checkpoints: await this.store.following(parsed.data.after, parsed.data.count) };
  }

  @Get('checkpoints/:size')
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  async one(@Param('size') size: string): Promise<string> {
    const parsed = sizeSchema.safeParse(size);
    const found = parsed.success ? await this.store.ofSize(parsed.data) : undefined;
    if (found === undefined) throw new Refusal('not-found', 404);
    return found.note;
  }
}
