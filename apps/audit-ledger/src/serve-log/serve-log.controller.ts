// C2SP tlog-tiles, static resources: https://c2sp.org/tlog-tiles
import { Public, Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import {
  CHECKPOINT_PATH,
  HEAD_PATH,
  REMAINS_PATHS,
  type Resource,
  type ShardStore,
  headersOf,
  isShardName,
  readCheckpoint,
  resourceOf,
} from '@hie/transparency-log';
import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { directoryShards } from '../keep-shards/directory-shards.js';
import { LogView } from '../read-log/log-view.js';
import { SHARDS_PATH, type ShardList } from '../read-log/shard-list.js';

/**
 * The log's static files for anybody's verifier, each shard below its name; of one that was dropped, what stays of it. Public: entries are sealed, and a log that hides is no
 * proof.
 */
@Controller('log')
export class ServeLogController {
  private readonly store: ShardStore;

  constructor(
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
    private readonly view: LogView,
  ) {
    this.store = directoryShards(config.LEDGER_DIR);
  }

  @Get(SHARDS_PATH)
  @Public()
  @Header('cache-control', 'no-cache')
  async shards(): Promise<ShardList> {
    const { shards } = await this.view.current();
    const listed = shards.map(async ({ name, begin, head, isDropped = false }, at) => {
      const raw = await this.store.read(name).read(CHECKPOINT_PATH);
      const published = raw === undefined ? 0 : readCheckpoint(raw).checkpoint.size;
      const isClosed = at < shards.length - 1 && published === head.size;
      return { name, origin: head.origin, begin, size: head.size, isClosed, isDropped };
    });
    return { origin: this.config.LEDGER_ORIGIN, shards: await Promise.all(listed) };
  }

  @Get('*')
  @Public()
  async resource(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [, name = '', path = ''] = /^\/log\/([^/]+)\/(.+)$/.exec(request.url) ?? [];
    const isNote = path === HEAD_PATH || REMAINS_PATHS.includes(path);
    const resource: Resource | undefined = isNote ? { kind: 'checkpoint' } : resourceOf(path);
    const bytes = resource && isShardName(name) ? await this.store.read(name).read(path) : undefined;
    if (resource === undefined || bytes === undefined) throw new Refusal('not-found', 404);
    await reply.headers(headersOf(resource)).send(Buffer.from(bytes));
  }
}
