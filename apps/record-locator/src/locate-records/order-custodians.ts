import type { Custodian, DisclosureDecision } from '@hie/contracts';

import type { Pointer } from '../keep-pointers/pointer.repository.js';

export interface Circumstances {
  /** The member that asks; its own records are before it already. */
  readonly requester: string;
  readonly decision: DisclosureDecision;
  readonly isActive: (memberId: string) => boolean;
  readonly expectedMs: (memberId: string) => number | undefined;
}

/**
 * Decides which members are asked, and in which order: those known to hold something before those never asked, and the fast
 * before the slow. A member that is not asked stays in the list with the reason, so that the answer can say so; nobody is left out
 * in silence.
 */
export function orderCustodians(pointers: readonly Pointer[], circumstances: Circumstances): Custodian[] {
  const byMember = new Map<string, Pointer[]>();
  for (const pointer of pointers) byMember.set(pointer.memberId, [...(byMember.get(pointer.memberId) ?? []), pointer]);
  return [...byMember].map(([memberId, held]) => custodianOf(memberId, held, circumstances)).sort(byPromise);
}

function custodianOf(memberId: string, held: readonly Pointer[], circumstances: Circumstances): Custodian {
  const expectedMs = circumstances.expectedMs(memberId);
  return {
    memberId,
    records: held.map(({ local }) => ({ ...local })),
    kinds: [...new Set(held.flatMap(({ kinds }) => kinds))],
    discloses: held.some(({ discloses }) => discloses),
    instruction: instructionFor(memberId, circumstances),
    ...(expectedMs === undefined ? {} : { expectedMs }),
  };
}

function instructionFor(memberId: string, { requester, decision, isActive }: Circumstances): Custodian['instruction'] {
  if (memberId === requester) return 'own-record';
  if (!isActive(memberId)) return 'member-suspended';
  if (decision.obligations.excludeMembers.includes(memberId)) return 'excluded-by-patient';
  return 'ask';
}

function byPromise(a: Custodian, b: Custodian): number {
  const known = Number(b.kinds.length > 0) - Number(a.kinds.length > 0);
  if (known !== 0) return known;
  return (a.expectedMs ?? 0) - (b.expectedMs ?? 0) || a.memberId.localeCompare(b.memberId);
}
