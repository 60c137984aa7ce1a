import { type AuditCircumstances, AuditTrail, DeadLetterBox, type Replay } from '@hie/messaging';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';

import { Refusal } from '../http/problem.filter.js';

/** Which letter: the message's topic, and the letter's place among its dead letters. */
const placeSchema = z.object({ topic: z.string().max(128), offset: z.string().regex(/^\d{1,19}$/) }).strict();

/** A letter as a person is shown it: no word of what the message says. */
export interface ShownLetter {
  readonly topic: string;
  readonly offset: string;
  /** Why it was put aside; see docs/refusals.md. */
  readonly refusal: string;
  readonly putAsideAt: string;
  /** Where the message lay, and since when. */
  readonly origin: { readonly partition: number; readonly offset: string; readonly appendedAt: string };
  /** Whether it has had its effect since. */
  readonly isHandled: boolean;
}

/** What a person does about this service's dead letters: looks through them, and takes one up again, which is an entry of the ledger. */
@Injectable()
export class DeadLetterDesk {
  constructor(
    private readonly box: DeadLetterBox,
    private readonly trail: AuditTrail,
  ) {}

  async list(): Promise<{ readonly letters: readonly ShownLetter[]; readonly others: number }> {
    const { letters, others } = await this.box.list();
    const shown = letters.map(({ offset, refusal, putAsideAtMs, message, isHandled }) => ({
      topic: message.topic,
      ...{ offset, refusal, isHandled },
      putAsideAt: new Date(putAsideAtMs).toISOString(),
      origin: {
        partition: message.partition,
        offset: message.offset,
        appendedAt: new Date(message.timestampMs).toISOString(),
      },
    }));
    return { letters: shown, others };
  }

  /**
   * @param request `{ topic, offset }`
   * @throws Refusal `invalid-parameter` (400), `dead-letter-unknown` (404)
   */
  async replay(request: unknown, circumstances: AuditCircumstances): Promise<Replay> {
    const place = placeSchema.safeParse(request);
    if (!place.success) throw new Refusal('invalid-parameter', 400);
    const { topic, offset } = place.data;
    const replay = await this.box.replay(topic, offset);
    if (replay === undefined) throw new Refusal('dead-letter-unknown', 404);
    const facts = { action: 'message.replayed', details: { topic, letter: offset } };
    if (replay.outcome === 'handled') await this.trail.record({ ...facts, outcome: 'success' }, circumstances);
    else await this.trail.record({ ...facts, outcome: 'refused', reason: replay.code }, circumstances);
    return replay;
  }
}
