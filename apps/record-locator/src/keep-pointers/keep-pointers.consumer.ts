import { type CustodiansObserved, type RecordLinked, custodiansObserved, recordLinked } from '@hie/contracts';
import { Consumes, type HopResult, type Received, effect } from '@hie/messaging';
import { Controller } from '@nestjs/common';

import { ResponseTimes } from '../locate-records/response-times.js';
import { PointerRepository, type SeenKinds, noteKinds, removePointers, upsertPointers } from './pointer.repository.js';

/** The Kafka edge of `keep-pointers`: the identity feed says where records lie, the queries say what is there. */
@Controller()
export class KeepPointersConsumer {
  constructor(
    private readonly pointers: PointerRepository,
    private readonly times: ResponseTimes,
  ) {}

  @Consumes(recordLinked)
  async onRecordLinked({ body }: Received<RecordLinked>): Promise<HopResult> {
    const { recordId, personId, memberId, discloses, identifier, patientId, at } = body;
    if (personId === undefined) return { emit: [], audit: [], effect: effect(removePointers, recordId) };
    const local = { ...identifier, ...(patientId === undefined ? {} : { patientId }) };
    const row = { recordId, personId, memberId, discloses, linkedAt: new Date(at) };
    return { emit: [], audit: [], effect: effect(upsertPointers, await this.pointers.seal(row, local)) };
  }

  @Consumes(custodiansObserved, { delivery: 'broadcast' })
  onCustodiansObserved({ body }: Received<CustodiansObserved>): HopResult {
    const { personId, observations, at } = body;
    observations.forEach(({ memberId, answered, elapsedMs }) => this.times.note(memberId, answered, elapsedMs));
    const seen = observations
      .filter(({ answered }) => answered)
      .map(({ memberId, kinds }): SeenKinds => ({ personId, memberId, kinds, at }));
    return { emit: [], audit: [], ...(seen.length === 0 ? {} : { effect: effect(noteKinds, seen) }) };
  }
}
