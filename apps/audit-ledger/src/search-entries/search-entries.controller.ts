import { AuditTrail } from '@hie/messaging';
import { type ForwardedRequest, Refusal, Serves } from '@hie/service-kit';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { DataSource, type FindOptionsWhere } from 'typeorm';
import { z } from 'zod';

import { EntryEntity } from '../append-event/entry.entity.js';
import { LogView, placeOf } from '../read-log/log-view.js';
import { SealedEntries } from '../read-entries/sealed-entries.js';

const querySchema = z
  .object({
    txn: z.uuid().optional(),
    event: z.uuid().optional(),
    action: z.string().max(64).optional(),
    count: z.coerce.number().int().min(1).max(200).default(50),
  })
  .strict();

/** What compliance staff ask of the ledger; to read it is itself an entry. */
@Controller('ledger/entries')
export class SearchEntriesController {
  constructor(
    private readonly source: DataSource,
    private readonly sealed: SealedEntries,
    private readonly trail: AuditTrail,
    private readonly view: LogView,
  ) {}

  @Get()
  @Serves({ purposes: ['HCOMPL'], scopes: ['exchange/ledger.read'] })
  async search(@Query() query: unknown, @Req() { claims }: ForwardedRequest) {
    const parsed = querySchema.safeParse(query);
    if (!parsed.success || claims === undefined) throw new Refusal('invalid-parameter', 400);
    const { txn, event, action, count } = parsed.data;
    const where: FindOptionsWhere<EntryEntity> = {
      ...(txn === undefined ? {} : { txn }),
      ...(event === undefined ? {} : { eventId: event }),
      ...(action === undefined ? {} : { action }),
    };
    const found = await this.source.getRepository(EntryEntity).find({ where, order: { index: 'DESC' }, take: count });
    const details = { entries: found.length, criteria: Object.keys(where) };
    await this.trail.record({ action: 'ledger.searched', outcome: 'success', details }, { claims });
    const opened = await this.sealed.open(found);
    const { shards } = await this.view.current();
    return {
      entries: found.map(({ index, leafHash }, at) => ({
        ...placeOf(shards, Number(index)),
        leafHash: leafHash.toString('base64'),
        entry: opened[at],
      })),
    };
  }
}
