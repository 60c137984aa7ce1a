import { Refusal, SERVICE_CONFIG, type ServiceConfig } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { IndexWriterEntity } from './index-writer.entity.js';

/** What the table says of who writes. */
export type Epoch = string;

/**
 * Whether this instance is the one that writes, and the fence around it.
 *
 * Kafka says who should write (`SeatHolder`). An instance that was cut off may not have heard yet that another does, so PostgreSQL says
 * who may: whoever takes the seat counts the epoch up, and every transaction that changes an identity holds the epoch it began in. The
 * count waits for the transaction under way, and one that comes after it with an older epoch changes nothing.
 *
 * Changes of the index, by this instance's own writes or by following another's, take turns here.
 */
@Injectable()
export class WriterSeat {
  private epoch: Epoch | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly source: DataSource,
    @Inject(SERVICE_CONFIG) private readonly config: Pick<ServiceConfig, 'HIE_INSTANCE'>,
  ) {}

  /** Whether this instance writes, as far as it knows. */
  get isTaken(): boolean {
    return this.epoch !== undefined;
  }

  /**
   * Shuts everybody else out. Afterwards nobody but this instance can commit, and it not before it has read what was committed and called
   * `open`.
   */
  async claim(): Promise<Epoch> {
    const claimed: [{ epoch: Epoch }[], number] = await this.source.query(
      'update index_writer set epoch = epoch + 1, instance = $1, since = now() returning epoch',
      [this.config.HIE_INSTANCE],
    );
    const epoch = claimed[0][0]?.epoch;
    if (epoch === undefined) throw new RangeError('The table of the writer is empty.');
    return epoch;
  }

  open(epoch: Epoch): void {
    this.epoch = epoch;
  }

  leave(): void {
    this.epoch = undefined;
  }

  /** Leaves the seat when the epoch has moved on. */
  compare(epoch: Epoch): void {
    if (this.epoch !== epoch) this.leave();
  }

  /** @throws Refusal `not-the-writer` 421: the same request to another instance may succeed (RFC 9110, section 15.5.20). */
  demand(): void {
    if (this.epoch === undefined) throw new Refusal('not-the-writer', 421);
  }

  /** Keeps the seat for the length of a transaction. @throws Refusal as `demand`, where another instance has it by now. */
  async hold(manager: EntityManager): Promise<void> {
    this.demand();
    const held = await manager.findOne(IndexWriterEntity, {
      where: { epoch: this.epoch as Epoch },
      lock: { mode: 'pessimistic_read' },
    });
    if (held === null) this.leave();
    this.demand();
  }

  /** Runs what changes the index when everything before it is done. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }
}
