import { OPERATOR } from '@hie/contracts';
import { TrustError } from '@hie/purpose-of-use';
import type { MemberDirectory } from '@hie/service-kit';

import type { SelfRegisteredClients } from './self-registered-clients.js';
import type { TokenSubject } from './token-subject.js';

/** The token is good, but its member does not take part (any more). */
export class MemberSuspended extends Error {
  override readonly name = 'MemberSuspended';
  readonly code = 'member-suspended';
}

/**
 * Checks that whoever a verified token speaks for takes part today, and that a system's key is still its own.
 *
 * @throws MemberSuspended
 * @throws TrustError `client-key-unknown`
 */
export function checkMember(
  directory: Pick<MemberDirectory, 'client' | 'isActive'>,
  selfRegistered: Pick<SelfRegisteredClients, 'memberOf'>,
  { memberId, clientId, clientKey, person }: Pick<TokenSubject, 'memberId' | 'clientId' | 'clientKey' | 'person'>,
): void {
  // Who runs the exchange is no member, and can't be suspended by one.
  if (memberId === OPERATOR) return;
  if (!directory.isActive(memberId)) throw new MemberSuspended();
  // People come through a client of the exchange's, or of their provider's: it is registered with no member.
  if (person !== undefined) return;
  const client = directory.client(clientId);
  // It has no key that could be withdrawn: its certificate's authority withdraws that, and the token request asks.
  if (client === undefined && selfRegistered.memberOf(clientId) === memberId) return;
  if (client?.memberId !== memberId) throw new MemberSuspended();
  // A key that was withdrawn may be in other hands, and so may the tokens that were got with it.
  if (clientKey === undefined || !client.keys.has(clientKey)) throw new TrustError('client-key-unknown', 'token');
}
