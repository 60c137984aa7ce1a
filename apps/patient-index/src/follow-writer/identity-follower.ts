import { MemberKeys } from '@hie/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { MatchModelEntity } from '../promote-model/match-model.entity.js';
import { IdentityBuilder } from '../identity-store/identity-builder.js';
import { isMove } from '../identity-store/identity-event.js';
import { IdentityEventRepository, type StoredEvent } from '../identity-store/identity-event.repository.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { StandingDecisions } from '../identity-store/standing-decisions.js';
import { type Epoch, WriterSeat } from './writer-seat.js';

/** What the database says of what there is to follow. */
interface Head {
  readonly epoch: Epoch;
  /** Number of the newest event. */
  readonly seq: number;
  /** The promoted model; null where none ever was. */
  readonly model: string | null;
}

/**
 * Brings this instance's index to what another instance has written: the tail of the identity events says what has changed, the tables say
 * to what.
 *
 * Events come in the order of their numbers because one instance at a time writes them (`WriterSeat`). The tables may be ahead of the event
 * that led to them, so that an event may find its change done, which does no harm.
 */
@Injectable()
export class IdentityFollower {
  /** Up to this event the index holds everything. */
  private applied = 0;
  /** Whether this instance may have written more than it knows. */
  private isInDoubt = false;

  constructor(
    private readonly index: IdentityIndex,
    private readonly builder: IdentityBuilder,
    private readonly events: IdentityEventRepository,
    private readonly decisions: StandingDecisions,
    private readonly seat: WriterSeat,
    private readonly source: DataSource,
    private readonly keys: MemberKeys,
  ) {}

  /** Number of the event up to which the index holds everything. */
  get position(): number {
    return this.applied;
  }

  /** Remembers where the events are: what is read from the tables after this holds all that came before. */
  async begin(): Promise<void> {
    this.applied = (await this.look()).seq;
  }

  /** This instance has itself written events, up to this one. */
  noteWritten(seq: number): void {
    this.applied = Math.max(this.applied, seq);
  }

  /** A transaction of this instance's own ended in a way that does not tell what became of it. */
  doubt(): void {
    this.isInDoubt = true;
  }

  /** Reads what became of it. Only in a turn of the seat's. */
  async resolveDoubt(): Promise<void> {
    if (this.isInDoubt) await this.catchUp();
  }

  /**
   * Looks once, and follows a page of what is new; who writes has nothing to follow.
   *
   * @returns whether the index holds all that was committed when it was called
   */
  async step(): Promise<boolean> {
    const { epoch } = await this.look();
    this.seat.compare(epoch);
    return (this.seat.isTaken && !this.isInDoubt) || this.seat.inTurn(() => this.follow());
  }

  /** To the end of the events, whoever wrote them. Only in a turn of the seat's (`inTurn`). */
  async catchUp(): Promise<void> {
    while (!(await this.follow()));
  }

  private async follow(): Promise<boolean> {
    const head = await this.look();
    await this.takeModel(head.model);
    if (head.seq > this.applied) {
      const page = await this.events.after(this.applied);
      await this.apply(page);
      this.applied = page.at(-1)?.seq ?? head.seq;
    }
    const isAtHead = this.applied >= head.seq;
    if (isAtHead) this.isInDoubt = false;
    return isAtHead;
  }

  private async look(): Promise<Head> {
    const [head]: [{ epoch: Epoch; seq: string; model: string | null }] = await this.source.query(
      `select (select epoch from index_writer) as epoch,
              (select coalesce(max(seq), 0) from identity_event) as seq,
              (select version from match_model where promoted_at is not null order by promoted_at desc limit 1) as model`,
    );
    return { ...head, seq: Number(head.seq) };
  }

  private async apply(page: readonly StoredEvent[]): Promise<void> {
    const members = page.flatMap((event) => (event.kind === 'record-registered' ? event.details.memberId : []));
    await this.keys.know(members);
    const records = page.filter(({ kind }) => changesRecord.has(kind)).flatMap(({ recordId }) => recordId ?? []);
    if (records.length > 0) await this.builder.reconcile([...new Set(records)]);
    for (const { kind, recordId, personId } of page)
      if (takesOff.has(kind) && recordId !== null) this.index.noteTakenOff(recordId, personId);
    const moved = page.filter(({ kind }) => kind === 'merged' || kind === 'unmerged').map(({ personId }) => personId);
    if (moved.length > 0) await this.moveSurvivors(moved);
    this.decisions.advance(page.filter(isMove).length);
  }

  private async moveSurvivors(personIds: readonly string[]): Promise<void> {
    const found: { personId: string; survivorId: string | null }[] = await this.source.query(
      'select person_id as "personId", survivor_id as "survivorId" from person where person_id = any($1::uuid[])',
      [[...personIds]],
    );
    for (const { personId, survivorId } of found) {
      if ((this.index.survivorOf(personId) ?? null) === survivorId) continue;
      if (this.index.survivorOf(personId) !== undefined) this.index.separate(personId);
      if (survivorId !== null) this.index.redirect(personId, survivorId);
    }
  }

  private async takeModel(version: string | null): Promise<void> {
    if (version === null || version === this.index.modelVersion) return;
    const promoted = await this.source.getRepository(MatchModelEntity).findOneBy({ version });
    if (promoted !== null) this.index.useModel(promoted.model, promoted.thresholds);
  }
}

const takesOff: ReadonlySet<string> = new Set(['unlinked', 'record-retracted']);
const changesRecord: ReadonlySet<string> = new Set([
  ...['record-registered', 'record-changed', 'record-retracted', 'record-restored'],
  ...['linked', 'unlinked'],
]);
