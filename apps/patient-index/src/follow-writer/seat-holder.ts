import { queryRequested } from '@hie/contracts';
import { type Assignment, ExchangeServer } from '@hie/messaging';
import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { TakeOver } from './take-over.js';
import { WriterSeat } from './writer-seat.js';

/** Whoever Kafka gives this partition of the queries writes; the others follow. */
const WRITERS_PARTITION = 0;
/** A seat that is this instance's by assignment, and was not got or was lost, is taken again. */
const TRY_EVERY_MS = 1_000;

/** Takes the writer's seat and leaves it, as Kafka assigns the first partition of the queries (docs/adr/0024). */
@Injectable()
export class SeatHolder implements OnModuleInit, OnApplicationShutdown {
  private isAssigned: boolean | undefined;
  private changing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly seat: WriterSeat,
    private readonly takeOver: TakeOver,
    private readonly server: ExchangeServer,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.server.onAssignment((assignment) => this.assign(assignment));
    this.timer = setInterval(() => void this.settle(), TRY_EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Whether this instance knows what it is to do, and can do it. */
  get isSettled(): boolean {
    return this.isAssigned !== undefined && this.isAssigned === this.seat.isTaken;
  }

  private assign(assignment: Assignment): void {
    this.isAssigned = (assignment[queryRequested.topic] ?? []).includes(WRITERS_PARTITION);
    void this.settle();
  }

  /** One change of role at a time; a failure is told, and tried again by the clock. */
  private settle(): Promise<void> {
    this.changing = this.changing
      .then(() => this.change())
      .catch((error: unknown) => this.logger.warn({ err: error }, 'writer’s seat not taken'));
    return this.changing;
  }

  private async change(): Promise<void> {
    if (this.isAssigned === undefined || this.isSettled) return;
    if (this.isAssigned) await this.takeOver.run();
    else await this.seat.inTurn(() => Promise.resolve(this.seat.leave()));
    this.logger.info({ writes: this.seat.isTaken }, 'identity index’s role');
  }
}
