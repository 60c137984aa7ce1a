import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { IdentityFollower } from '../follow-writer/identity-follower.js';
import { WriterSeat } from '../follow-writer/writer-seat.js';
import { IdentityChangeStore } from './identity-change.store.js';
import { type IdentityChanges, noChanges } from './identity-changes.js';
import { isMove } from './identity-event.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { StandingDecisions } from './standing-decisions.js';

/**
 * The one way identities change: feeds and people's decisions alike.
 *
 * One change at a time, by the one instance that has the seat (`WriterSeat`), so that two which touch the same person meet each other's
 * result; a change is one transaction, with its events and the messages that announce it. When that fails, the in-memory index takes its
 * changes back, and before the next one reads what became of it: a connection may be lost with the commit's answer.
 */
@Injectable()
export class IdentityWriter {
  constructor(
    private readonly snapshots: IdentitySnapshots,
    private readonly changes: IdentityChangeStore,
    private readonly decisions: StandingDecisions,
    private readonly seat: WriterSeat,
    private readonly follower: IdentityFollower,
  ) {}

  /**
   * Runs `decide` in its turn; what it puts into the changes is then stored.
   *
   * @param claims of whoever changes it, for the ledger. @throws whatever `decide` or the database throws; Refusal `not-the-writer` 421
   */
  write<T>(claims: TransactionClaims, decide: (changes: IdentityChanges) => Promise<T>): Promise<T> {
    return this.seat.inTurn(() => this.writeInTurn(claims, decide));
  }

  private async writeInTurn<T>(
    claims: TransactionClaims,
    decide: (changes: IdentityChanges) => Promise<T>,
  ): Promise<T> {
    this.seat.demand();
    await this.follower.resolveDoubt();
    const changes = noChanges();
    let changed = 0;
    this.snapshots.unsettle();
    try {
      const result = await decide(changes);
      const moves = changes.events.filter(isMove).length;
      await this.store(changes, claims, this.decisions.epoch + moves);
      changes.afterCommit.forEach((then) => then());
      this.decisions.advance(moves);
      changes.refused.forEach(({ low, high }) => this.decisions.refuse(low, high));
      changed = changes.undo.length + changes.afterCommit.length;
      return result;
    } catch (error) {
      changes.undo.reverse().forEach((undo) => undo());
      throw error;
    } finally {
      this.snapshots.settle(changed);
    }
  }

  private async store(changes: IdentityChanges, claims: TransactionClaims, epoch: number): Promise<void> {
    try {
      this.follower.noteWritten(await this.changes.store(changes, claims, epoch));
    } catch (error) {
      this.follower.doubt();
      throw error;
    }
  }
}
