import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { GapAlerts } from './gap-alerts.js';
import { TallyStore } from './tally.store.js';

const EVERY_MS = 10_000;
/** What was told before its tally is in the log before it, but for what a crash left in an outbox: that is sent again within seconds. */
const EVENT_MS = 20_000;
/** Three tallies that did not come. */
const SERVICE_MS = 60_000;
const AT_ONCE = 100;

/**
 * Compares what every service says that it told with what is in the log, and raises an alert within a minute of what is not.
 *
 * An event that was deleted from its outbox, that Kafka lost or that was put aside is found by its tally; a tally that was, by its number;
 * a service that says nothing at all, by its silence.
 */
@Injectable()
export class TallyWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private startedMs = 0;

  constructor(
    private readonly store: TallyStore,
    private readonly alerts: GapAlerts,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.startedMs = performance.now();
    this.timer = setInterval(() => void this.lookAgain(), EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @param nowMs by a clock that never goes back. */
  async look(nowMs = performance.now()): Promise<void> {
    await this.store.settle();
    // What services said while this process was away is still to be read.
    const isHearing = nowMs - this.startedMs > SERVICE_MS;
    const { events, tallies, services } = await this.store.overdue(
      { eventMs: EVENT_MS, serviceMs: SERVICE_MS },
      AT_ONCE,
    );
    for (const { eventId, service } of events) {
      const details = { event: eventId };
      await this.alerts.raise({ reason: 'entry-missing', service, details, identity: `told ${eventId}` });
      await this.store.alertedOfEvent(eventId);
    }
    for (const { number, service } of tallies) {
      const details = { tally: number };
      await this.alerts.raise({ reason: 'tally-missing', service, details, identity: `tally ${service} ${number}` });
      await this.store.alertedOfTally(service, number);
    }
    for (const { service, heardAt } of isHearing ? services : []) {
      const details = { heardAt: heardAt.toISOString() };
      await this.alerts.raise({ reason: 'tally-overdue', service, details, identity: `${service} ${details.heardAt}` });
      await this.store.alertedOfService(service);
    }
  }

  private async lookAgain(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.logger.error({ err: error }, 'tallies not compared');
    }
  }
}
