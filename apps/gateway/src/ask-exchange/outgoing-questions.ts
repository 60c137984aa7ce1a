import { type Query, queryRequested } from '@hie/contracts';
import { AuditWriter, MessageWriter, OutboxRelay } from '@hie/messaging';
import { GroupCommitter } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { GatewayConfig } from '../gateway.config.js';
import { insertSessions } from './session.store.js';

/** A query under its token. */
export interface Question {
  readonly token: string;
  readonly claims: TransactionClaims;
  readonly query: string;
  readonly requestDigest: string;
}

/** Stores a question with its session and its ledger entry in one commit, and hands them to the relay. */
@Injectable()
export class OutgoingQuestions {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
    private readonly committer: GroupCommitter,
    private readonly relay: OutboxRelay,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @returns whether the transaction is new. */
  async send({ token, claims, query, requestDigest }: Question): Promise<boolean> {
    const { txn, tctx, sub, rctx } = claims;
    const asked = await this.writer.writeWithin(queryRequested, { txn, query }, this.writer.begin(token, claims), {
      decision: 'asked',
    });
    const audited = await this.audit.write(
      {
        action: 'query.requested',
        outcome: 'success',
        details: { operation: operationOf(query), kinds: [...tctx.res] },
      },
      { claims, seals: [asked.sealDigest] },
    );
    const outputs = [asked.record, audited.record];
    const session = {
      txn,
      memberId: tctx.org,
      clientId: sub,
      userId: tctx.user,
      purpose: tctx.purp,
      instance: this.config.HIE_INSTANCE,
      requestDigest,
      deadlineMs: tctx.deadline,
      address: rctx.req_ip,
    };
    const unit = { msgId: txn, part: 'ask', topic: 'door', partition: 0, offset: '0', outputs };
    const acceptance = await this.committer.commit(unit, { write: insertSessions, value: session });
    if (acceptance === 'fresh') void this.relay.handOff(outputs);
    return acceptance === 'fresh';
  }
}

const operationOf = (query: string): string => (JSON.parse(query) as Query).operation;
