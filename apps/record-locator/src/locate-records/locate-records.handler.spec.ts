import type { DisclosureDecided, RecordsLocated } from '@hie/contracts';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';

import type { Pointer, PointerRepository } from '../keep-pointers/pointer.repository.js';
import { LocateRecordsHandler } from './locate-records.handler.js';
import { ResponseTimes } from './response-times.js';

const [personId, formerId, recordId] = [
  '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
  '1b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
  '2b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
];
const decided: DisclosureDecided = {
  ...{ txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10', query: '{}', candidates: [] },
  identity: { outcome: 'certain', personId, formerPersonIds: [formerId], formerRecordIds: [recordId] },
  decision: {
    ...{ effect: 'permit', rule: 'default.treatment' },
    obligations: { withholdLabels: [], mayTellWithheld: true, excludeMembers: ['lakeside'] },
  },
};
const claims = { tctx: { org: 'mercy' } } as TransactionClaims;

function setup() {
  const directory = new MemberDirectory();
  const status = { mercy: 'active', harbor: 'active', brigid: 'active', lakeside: 'active', valley: 'suspended' };
  for (const [memberId, each] of Object.entries(status)) {
    directory.apply({ memberId, version: 1, status: each, clients: [], identifierSystems: [] } as never);
  }
  const times = new ResponseTimes();
  times.note('harbor', true, 800);
  times.note('brigid', true, 90);
  const looks: unknown[][] = [];
  const pointers = {
    find: (...asked: unknown[]) => {
      looks.push(asked);
      const held = Object.keys(status).map((memberId) => ({
        ...{ memberId, local: { system: 'urn:oid:2.999.1', value: memberId }, kinds: [], discloses: false },
      }));
      return Promise.resolve(held as unknown as Pointer[]);
    },
  } as unknown as PointerRepository;
  const handler = new LocateRecordsHandler(pointers, times, directory);
  const handle = (body: DisclosureDecided) =>
    handler.handle(body, claims, { res: ['Condition'], dst: ['anybody'] } as never);
  return { handle, looks };
}
const locatedBy = ({ emit }: Awaited<ReturnType<LocateRecordsHandler['handle']>>) => emit[0]?.body as RecordsLocated;

describe(LocateRecordsHandler.name, () => {
  it('lets the next hop ask those that may be, the fast first, and leaves nobody out in silence', async () => {
    const { handle, looks } = setup();
    const result = await handle(decided);
    expect(looks).toEqual([[[personId, formerId], [recordId]]]);
    expect(locatedBy(result).custodians.map(({ memberId, instruction }) => [memberId, instruction])).toEqual([
      ['lakeside', 'excluded-by-patient'],
      ['mercy', 'own-record'],
      ['valley', 'member-suspended'],
      ['brigid', 'ask'],
      ['harbor', 'ask'],
    ]);
    expect(result.emit).toMatchObject([
      { decision: 'ask:2', allow: { dst: ['brigid', 'harbor'], res: ['Condition'] } },
    ]);
    expect(result.audit).toEqual([
      { action: 'records.located', outcome: 'success', details: { custodians: 5, asked: 2 }, personId },
    ]);
  });

  it.each<[why: string, over: Partial<DisclosureDecided>]>([
    ['nobody is certain', { identity: { outcome: 'ambiguous' } }],
    ['consent denies', { decision: { ...decided.decision, effect: 'deny', rule: 'directive.deny' } }],
  ])('looks for nothing where %s, and sends it on all the same, to ask nobody', async (_why, over) => {
    const { handle, looks } = setup();
    const body = { ...decided, ...over };
    const result = await handle(body);
    expect(looks).toEqual([]);
    expect(locatedBy(result)).toEqual({ ...body, custodians: [] });
    expect(result.emit).toMatchObject([{ decision: 'ask:0', allow: { dst: [] } }]);
    expect(result.audit).toMatchObject([{ outcome: 'empty', details: { custodians: 0, asked: 0 } }]);
  });
});
