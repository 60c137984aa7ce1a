import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, Not } from 'typeorm';

import { MatchModelEntity } from '../promote-model/match-model.entity.js';
import { IdentityEventRepository } from './identity-event.repository.js';
import { IdentityIndex } from './identity-index.js';
import { RefusedPairEntity } from './refused-pair.entity.js';

/** What people have decided and the machine must keep to: in memory, because it is asked for each record, and little. */
@Injectable()
export class StandingDecisions {
  private readonly refusedWith = new Map<string, Set<string>>();

  constructor(
    private readonly index: IdentityIndex,
    private readonly events: IdentityEventRepository,
    private readonly source: DataSource,
  ) {}

  private moves = 0;

  /** How often anybody was merged, unmerged or lost a record: who was identified under a lower number may be somebody else by now. */
  get epoch(): number {
    return this.moves;
  }

  /** To be called in the same breath in which the index takes the moves over. */
  advance(moves: number): void {
    this.moves += moves;
  }

  /**
   * Brings merges, records taken off, refused pairs and the promoted model to an index that holds the records.
   *
   * @param position number of the event up to which the index is known to hold everything. Moves after it are counted when they are
   * followed: a count that is too low makes a releasing service ask again, one that is too high would let a move go unseen.
   */
  async load(position: number): Promise<void> {
    const merged: { personId: string; survivorId: string }[] = await this.source.query(
      'select person_id as "personId", survivor_id as "survivorId" from person where survivor_id is not null',
    );
    for (const { personId, survivorId } of merged) this.index.redirect(personId, survivorId);
    this.moves = await this.events.countMoves(position);
    for (const { recordId, personId } of await this.events.takenOff()) this.index.noteTakenOff(recordId, personId);
    const models = this.source.getRepository(MatchModelEntity);
    const [promoted] = await models.find({
      where: { promotedAt: Not(IsNull()) },
      order: { promotedAt: 'desc' },
      take: 1,
    });
    if (promoted !== undefined) this.index.useModel(promoted.model, promoted.thresholds);
    for (const { low, high } of await this.source.getRepository(RefusedPairEntity).find()) this.refuse(low, high);
  }

  /** Two persons are two. */
  refuse(a: string, b: string): void {
    this.others(a).add(b);
    this.others(b).add(a);
  }

  /** Whether a person has said of these two, or of any who were merged into them, that they are two. */
  areRefused(a: string, b: string): boolean {
    const others = this.index.idsOf(b);
    return this.index.idsOf(a).some((each) => {
      const refused = this.refusedWith.get(each);
      return refused !== undefined && others.some((other) => refused.has(other));
    });
  }

  private others(personId: string): Set<string> {
    const others = this.refusedWith.get(personId) ?? new Set();
    this.refusedWith.set(personId, others);
    return others;
  }
}
