import { type Custodian, type DisclosureDecided, type RecordsLocated, recordsLocated } from '@hie/contracts';
import { type HopResult, emission } from '@hie/messaging';
import type { Allowance, TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { PointerRepository } from '../keep-pointers/pointer.repository.js';
import { orderCustodians } from './order-custodians.js';
import { ResponseTimes } from './response-times.js';

/** Finds out which members hold something of the person, and leaves the next hop no more than those to ask. */
@Injectable()
export class LocateRecordsHandler {
  constructor(
    private readonly pointers: PointerRepository,
    private readonly times: ResponseTimes,
    private readonly directory: MemberDirectory,
  ) {}

  async handle(body: DisclosureDecided, claims: TransactionClaims, allow: Allowance): Promise<HopResult> {
    const custodians = await this.custodiansOf(body, claims.tctx.org);
    const asked = custodians.filter(({ instruction }) => instruction === 'ask').map(({ memberId }) => memberId);
    const located: RecordsLocated = { ...body, custodians };
    return {
      emit: [emission(recordsLocated, located, { decision: `ask:${asked.length}`, allow: { ...allow, dst: asked } })],
      audit: [
        {
          action: 'records.located',
          outcome: asked.length > 0 ? 'success' : 'empty',
          details: { custodians: custodians.length, asked: asked.length },
          ...(body.identity.outcome === 'certain' ? { personId: body.identity.personId } : {}),
        },
      ],
    };
  }

  private async custodiansOf({ identity, decision }: DisclosureDecided, requester: string): Promise<Custodian[]> {
    if (identity.outcome !== 'certain' || decision.effect !== 'permit') return [];
    const { personId, formerPersonIds, formerRecordIds } = identity;
    const pointers = await this.pointers.find([personId, ...formerPersonIds], formerRecordIds);
    return orderCustodians(pointers, {
      requester,
      decision,
      isActive: (memberId) => this.directory.isActive(memberId),
      expectedMs: (memberId) => this.times.expectedMs(memberId),
    });
  }
}
