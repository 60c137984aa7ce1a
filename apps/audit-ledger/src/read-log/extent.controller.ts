import { Public, SERVICE_CONFIG } from '@hie/service-kit';
import { Controller, Get, Header, Inject } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';
import { LogView } from './log-view.js';

/** Up to where this process tells the truth. */
export interface Extent {
  readonly role: 'sequencer' | 'replica';
  /** Answers to searches hold every entry with a smaller index than this. */
  readonly trueTo: number;
  /** Entries in the newest checkpoint that it has, and in the projection without a gap. */
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
    const projection = await this.pages.extent();
    const { head } = await this.view.current();
    return {
      role: this.config.LEDGER_ROLE,
      trueTo: Math.min(projection, head.size),
      ...{ log: head.size, projection, checkpoint: head.raw },
    };
  }
}
