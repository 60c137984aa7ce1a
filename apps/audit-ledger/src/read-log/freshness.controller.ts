import { Public, Refusal } from '@hie/service-kit';
import { Controller, Get, Header } from '@nestjs/common';

import { FreshnessWatch } from './freshness-watch.js';
import type { Freshness } from './freshness.js';

/** For monitoring: whether the ledger goes on. Public, like the checkpoint that it is read from. */
@Controller('freshness')
export class FreshnessController {
  constructor(private readonly watch: FreshnessWatch) {}

  /** @throws Refusal `log-stale` (503): the witnesses have not vouched for two intervals; `not-found` (404) where there are none to go by. */
  @Get()
  @Public()
  @Header('cache-control', 'no-cache')
  freshness(): Omit<Freshness, 'isStale'> {
    const { freshness } = this.watch;
    if (freshness === undefined) throw new Refusal('not-found', 404);
    const { isStale, ...where } = freshness;
    if (isStale) throw new Refusal('log-stale', 503);
    return where;
  }
}
