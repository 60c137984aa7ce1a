import { Public, SERVICE_CONFIG } from '@hie/service-kit';
import { Controller, Get, Header, Inject } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';
import { LogView, droppedRanges, headOf, placeOf, sizeOf } from './log-view.js';

/** Up to where this process tells the truth. */
export interface Extent {
  readonly role: 'sequencer' | 'replica';
  /** Answers to searches hold every entry before this, counted over all shards; the shard, and the index in it. */
  readonly trueTo: number;
  readonly shard: string;
  readonly index: number;
  /** Entries of all shards up to the newest checkpoint that it has, and in the projection without a gap. */
  readonly log: number;
  readonly projection: number;
  readonly checkpoint: string;
}

/** Public, like the checkpoint that it quotes: says nothing but how far this process has come. */
@Controller('extent')
export class ExtentController {
  constructor(
    private readonly view: LogView,
    private readonly pages: EntryPageStore,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
  ) {}

  @Get()
  @Public()
  @Header('cache-control', 'no-cache')
  async extent(): Promise<Extent> {
    // The projection first: whatever it holds was in the log before.
    const projection = await this.pages.extent(droppedRanges((await this.view.current()).shards));
    const { shards } = await this.view.current();
    const log = sizeOf(shards);
    const trueTo = Math.min(projection, log);
    const { raw: checkpoint } = headOf(shards);
    return { role: this.config.LEDGER_ROLE, trueTo, ...placeOf(shards, trueTo), ...{ log, projection, checkpoint } };
  }
}
