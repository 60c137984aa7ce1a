// RFC 6962 sections 4.4 and 4.5 (proofs by HTTP), as C2SP tlog-proof (https://c2sp.org/tlog-proof).
import { Public, Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import {
  CHECKPOINT_PATH,
  type Checkpoint,
  type ShardStore,
  TransparencyLogError,
  formatProofFile,
  isShardName,
  readCheckpoint,
} from '@hie/transparency-log';
import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { directoryShards } from '../keep-shards/directory-shards.js';
import { LogView, type ShardState } from '../read-log/log-view.js';

const sizeSchema = z.coerce.number().int().min(0);
const shardSchema = z.string().refine(isShardName).optional();
const inclusionSchema = z.object({ index: sizeSchema, shard: shardSchema });
const consistencySchema = z.object({ old: sizeSchema, size: sizeSchema.optional(), shard: shardSchema }).strict();

/** That the first `old` entries of a log are the first `old` of its first `size`. */
export interface ConsistencyAnswer {
  readonly shard: string;
  readonly old: number;
  readonly size: number;
  /** The proof's hashes, base64, as `consistency` of RFC 6962 section 4.4. */
  readonly consistency: readonly string[];
}

/**
 * Proofs for whoever does not want to make them from the tiles, from the sequencer or any replica.
 *
 * Public as the log is. Under the checkpoint that is published: witnesses have cosigned it.
 */
@Controller('proofs')
export class ServeProofsController {
  private readonly store: ShardStore;

  constructor(
    @Inject(SERVICE_CONFIG) config: AuditLedgerConfig,
    private readonly view: LogView,
  ) {
    this.store = directoryShards(config.LEDGER_DIR);
  }

  /** The entry at an index of a shard (the newest unless said), as a `.tlog-proof` file. */
  @Get('inclusion/:index')
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-cache')
  async inclusion(@Param('index') index: string, @Query('shard') shard: unknown): Promise<string> {
    const asked = parsed(inclusionSchema, { index, shard });
    const { state, raw, checkpoint } = await this.published(asked.shard);
    const path = await proven(() => state.proofs.inclusion(asked.index, checkpoint));
    return formatProofFile({ index: asked.index, path, checkpoint: raw });
  }

  /** From one size of a shard to another, the published one unless said. */
  @Get('consistency')
  @Public()
  @Header('cache-control', 'no-cache')
  async consistency(@Query() query: unknown): Promise<ConsistencyAnswer> {
    const { old, size, shard } = parsed(consistencySchema, query);
    const { state, checkpoint } = await this.published(shard);
    const hashes = await proven(async () => {
      const newer = await state.proofs.headAt(size ?? checkpoint.size, checkpoint);
      const older = await state.proofs.headAt(old, newer);
      return state.proofs.consistency(older, newer);
    });
    const consistency = hashes.map((hash) => Buffer.from(hash).toString('base64'));
    return { shard: state.name, old, size: size ?? checkpoint.size, consistency };
  }

  private async published(
    name: string | undefined,
  ): Promise<{ readonly state: ShardState; readonly raw: string; readonly checkpoint: Checkpoint }> {
    const { shards } = await this.view.current();
    const state = name === undefined ? shards.at(-1) : shards.find((shard) => shard.name === name);
    const bytes = state && (await this.store.read(state.name).read(CHECKPOINT_PATH));
    if (state === undefined || bytes === undefined) throw new Refusal('not-found', 404);
    return { state, raw: Buffer.from(bytes).toString('utf8'), checkpoint: readCheckpoint(bytes).checkpoint };
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new Refusal('invalid-parameter', 400);
  return result.data;
}

/** What the log has not got: an index past its end, or of a half-year that was dropped. Anything else is damage, and no answer. */
const absent: ReadonlySet<string> = new Set(['index-outside-log', 'resource-missing']);

async function proven<T>(prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (error) {
    if (error instanceof TransparencyLogError && absent.has(error.code)) throw new Refusal('not-found', 404);
    throw error;
  }
}
