import { hkdfSync } from 'node:crypto';

import { nameBasedUuids } from '@hie/fhir';
import { FileKeyring, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { PendingQuery, ReleasedStage } from '../ask-exchange/pending-query.js';
import type { GatewayConfig } from '../gateway.config.js';
import { type StageView, stageView } from './stage-view.js';

/** Shows a query's stages to the member that asked; the ids in them are that member's own. */
@Injectable()
export class StageViews {
  constructor(
    private readonly keyring: FileKeyring,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  urlOf(query: PendingQuery): string {
    return `${this.config.PUBLIC_URL}/queries/${query.txn}`;
  }

  of(query: PendingQuery, stage: ReleasedStage): StageView {
    const uuidOf = this.uuidsOf(query);
    return stageView(stage, { queryUrl: this.urlOf(query), sourceUrl: this.config.PUBLIC_URL, uuidOf });
  }

  /** UUIDs for what one answer contains: the same in every reading of the query, and unlike any other member's. */
  uuidsOf({ txn, memberId }: PendingQuery): (name: string) => string {
    return this.uuids(`${memberId} ${txn}`);
  }

  /** UUIDs for what lasts beyond one answer: a record keeps its id from search to search. */
  memberUuids(memberId: string): (name: string) => string {
    return this.uuids(memberId);
  }

  private uuids(scope: string): (name: string) => string {
    return nameBasedUuids(Buffer.from(hkdfSync('sha256', this.keyring.masterKey(), '', `hie names ${scope}`, 32)));
  }
}
