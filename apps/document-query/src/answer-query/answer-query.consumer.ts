import { type RecordsLocated, recordsLocated } from '@hie/contracts';
import { Consumes, type Received } from '@hie/messaging';
import { hopScopes } from '@hie/purpose-of-use';
import { Serves } from '@hie/service-kit';
import { Controller } from '@nestjs/common';

import { AnswerQueryHandler } from './answer-query.handler.js';

/** Queries that may wait for members at the same time, beyond the batch just fetched. */
const ROOM = 512;

/** The Kafka edge of `answer-query`. */
@Controller()
export class AnswerQueryConsumer {
  constructor(private readonly handler: AnswerQueryHandler) {}

  @Consumes(recordsLocated, { room: ROOM })
  @Serves({ purposes: ['TREAT', 'ETREAT', 'COC', 'BTG', 'PATRQT'], scopes: [hopScopes.match, hopScopes.retrieve] })
  onRecordsLocated(received: Received<RecordsLocated>): Promise<undefined> {
    return this.handler.handle(received);
  }
}
