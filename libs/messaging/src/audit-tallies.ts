import { type ServiceName, TALLIED_AT_MOST, auditTallied } from '@hie/contracts';
import type { Tally, ToldEvents } from '@hie/persistence';

import type { MessageWriter } from './message-writer.js';
import type { OutboxRelay } from './outbox-relay.js';

/** With what the ledger waits for a late event, an alert comes within a minute. */
const EVERY_MS = 20_000;

export interface AuditTalliesOptions {
  readonly service: ServiceName;
  readonly events: Pick<ToldEvents, 'tally'>;
  readonly writer: MessageWriter;
  readonly relay: Pick<OutboxRelay, 'handOff'>;
  readonly onError: (error: unknown) => void;
}

/**
 * Tells the ledger which audit events this service has stored: three times a minute, also when there were none, so that silence is heard.
 *
 * What fails is told with the next tally: its events were not taken out.
 */
export class AuditTallies {
  private timer: NodeJS.Timeout | undefined;
  private telling = Promise.resolve();

  constructor(private readonly options: AuditTalliesOptions) {}

  /** Says at once what a former life of the process left unsaid. */
  start(): void {
    const tell = (): void => {
      this.telling = this.tell().catch(this.options.onError);
    };
    this.timer = setInterval(tell, EVERY_MS);
    tell();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.telling;
  }

  async tell(): Promise<void> {
    const { events, relay } = this.options;
    for (let isWhole = false; !isWhole;) {
      const { eventIds, record } = await events.tally(TALLIED_AT_MOST, (tally) => this.message(tally));
      isWhole = eventIds.length < TALLIED_AT_MOST;
      await relay.handOff([record]);
    }
  }

  private async message({ number, eventIds }: Tally) {
    const { service, writer } = this.options;
    const body = { service, number, eventIds: [...eventIds], at: new Date().toISOString() };
    return (await writer.write(auditTallied, body)).record;
  }
}
