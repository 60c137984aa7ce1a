import { createHash, hkdfSync } from 'node:crypto';

import { AuditTrail } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { FileKeyring, Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { PatientKeys } from '../patient-keys/patient-keys.js';
import { LogView, droppedRanges, headOf, placeOf, sizeOf } from '../read-log/log-view.js';
import type { AuditEventPage } from './audit-event-bundle.js';
import { EntryPageStore } from './entry-page.store.js';
import { type PageCursor, openCursor, sealCursor } from './page-cursor.js';
import type { AuditSearch } from './search-parameters.js';

/** Answers a search for AuditEvents, page by page, and tells the ledger that it was asked. */
@Injectable()
export class SearchAuditEventsHandler {
  private readonly cursorKey: Buffer;

  constructor(
    private readonly store: EntryPageStore,
    private readonly patients: PatientKeys,
    private readonly view: LogView,
    private readonly trail: AuditTrail,
    keyring: FileKeyring,
  ) {
    this.cursorKey = Buffer.from(hkdfSync('sha256', keyring.masterKey(), '', 'hie ledger page cursor', 32));
  }

  /** @returns `undefined` when the cursor is none that was given out for this search. */
  async search(search: AuditSearch, claims: TransactionClaims): Promise<AuditEventPage | undefined> {
    const identity = identityOf(search);
    const held = await this.store.extent(droppedRanges((await this.view.current()).shards));
    const { shards } = await this.view.current();
    const cursor = this.begin(search, identity, Math.min(held, sizeOf(shards)));
    if (cursor === undefined) return undefined;
    const [personId] = search.personIds;
    const keys = personId === undefined ? [] : await this.patients.keysOf(personId);
    const criteria = [
      ...search.criteria,
      ...(personId === undefined ? [] : [{ kind: 'patient', anyOf: keys } as const]),
    ];
    const { entries, hasMore } = await this.store.page(criteria, cursor.beforeIndex, search.count);
    await this.trail.record(
      {
        action: 'ledger.searched',
        outcome: entries.length > 0 ? 'success' : 'empty',
        details: { criteria: [...search.names], entries: entries.length },
        // Who is in no entry is not brought into one by being asked for.
        ...(personId === undefined || keys.length === 0 ? {} : { personId }),
      },
      { claims },
    );
    const last = entries.at(-1);
    return {
      ...{ entries, size: cursor.size, upTo: placeOf(shards, cursor.size) },
      ...{ checkpoint: headOf(shards).raw, at: new Date() },
      ...(hasMore && last !== undefined
        ? { cursor: sealCursor(this.cursorKey, identity, { size: cursor.size, beforeIndex: last.position }) }
        : {}),
    };
  }

  /** The first page is bounded by what the projection holds now, the next ones by what the first was. */
  private begin({ cursor }: AuditSearch, identity: string, size: number): PageCursor | undefined {
    if (cursor === undefined) return { size, beforeIndex: size };
    const begun = openCursor(this.cursorKey, identity, cursor);
    // A process that has not come so far yet would leave entries of this search away, and say that there are none.
    if (begun !== undefined && begun.size > size) throw new Refusal('replica-behind', 503);
    return begun;
  }
}

/** What makes two searches the same: the criteria, and not how many entries a page has. */
const identityOf = ({ criteria, personIds }: AuditSearch): string =>
  createHash('sha256')
    .update(JSON.stringify([criteria, personIds], infinityAsText))
    .digest('base64url');

/** JSON has no infinity: without this, every open end of a date would look like the other. */
const infinityAsText = (_key: string, value: unknown): unknown =>
  value === Infinity || value === -Infinity ? String(value) : value;
