import { type Transaction, UnitOfWork } from '@hie/persistence';
import { Injectable } from '@nestjs/common';

import { type IdentityChanges, noChanges } from './identity-changes.js';
import { IdentityEventRepository } from './identity-event.repository.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { PersonEntity } from './person.entity.js';
import { SourceRecordEntity } from './source-record.entity.js';

/**
 * The one way identities change: feeds and people's decisions alike.
 *
 * One change at a time, so that two which touch the same person meet each other's result; a change is one transaction, with its events
 * and the messages that announce it. When that fails, the in-memory index takes its changes back.
 */
@Injectable()
export class IdentityWriter {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly snapshots: IdentitySnapshots,
    private readonly events: IdentityEventRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Runs `decide` in its turn; what it puts into the changes is then stored. @throws whatever `decide` or the database throws */
  write<T>(decide: (changes: IdentityChanges) => Promise<T>): Promise<T> {
    const work = this.queue.then(() => this.writeInTurn(decide));
    this.queue = work.catch(() => undefined);
    return work;
  }

  private async writeInTurn<T>(decide: (changes: IdentityChanges) => Promise<T>): Promise<T> {
    const changes = noChanges();
    let changed = 0;
    this.snapshots.unsettle();
    try {
      const result = await decide(changes);
      if (isAny(changes)) await this.unitOfWork.run((transaction) => this.store(transaction, changes));
      changes.afterCommit.forEach((then) => then());
      changed = changes.undo.length;
      return result;
    } catch (error) {
      changes.undo.reverse().forEach((undo) => undo());
      throw error;
    } finally {
      this.snapshots.settle(changed);
    }
  }

  private async store({ manager, announce }: Transaction, changes: IdentityChanges): Promise<void> {
    const { people, redirected, records, relinked, events, announced } = changes;
    if (people.length > 0) await manager.insert(PersonEntity, people);
    if (redirected.length > 0) await manager.upsert(PersonEntity, redirected, ['personId']);
    if (records.length > 0) await manager.upsert(SourceRecordEntity, records, ['recordId']);
    for (const { recordId, personId } of relinked) await manager.update(SourceRecordEntity, { recordId }, { personId });
    if (events.length > 0) await this.events.append(manager, events);
    if (announced.length > 0) await announce(announced);
  }
}

const isAny = ({ events, announced }: IdentityChanges): boolean => events.length + announced.length > 0;
