// C2SP tlog-tiles, static resources: https://c2sp.org/tlog-tiles
import { Public, Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import { directoryReader } from '@hie/tile-storage';
import { HEAD_PATH, type LogReader, type Resource, headersOf, resourceOf } from '@hie/transparency-log';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';

/** The log's static files for anybody's verifier. Public: entries are sealed, and a log that hides is no proof. */
@Controller('log')
export class ServeLogController {
  private readonly reader: LogReader;

  constructor(@Inject(SERVICE_CONFIG) config: AuditLedgerConfig) {
    this.reader = directoryReader(config.LEDGER_DIR);
  }

  @Get('*')
  @Public()
  async resource(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = request.url.replace(/^\/log\//, '');
    const resource: Resource | undefined = path === HEAD_PATH ? { kind: 'checkpoint' } : resourceOf(path);
    const bytes = resource && (await this.reader.read(path));
    if (resource === undefined || bytes === undefined) throw new Refusal('not-found', 404);
    await reply.headers(headersOf(resource)).send(Buffer.from(bytes));
  }
}
