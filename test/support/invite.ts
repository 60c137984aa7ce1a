import { randomUUID } from 'node:crypto';

import { TOTP, NobleCryptoPlugin, ScureBase32Plugin } from 'otplib';

import type { SharedExchange } from './shared-exchange.js';

/** Invites somebody as the exchange's operator. */
export const invite = (exchange: SharedExchange, memberId: string, name: string, ...roles: readonly string[]) =>
  inviteAbout(exchange, { memberId, name, roles });

interface Invited {
  readonly memberId: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Of a patient or a proxy: the member's handle of the patient. */
  readonly patient?: string;
  /** When a proxy's right ends; ISO 8601. */
  readonly until?: string;
}

/** Invites somebody as the exchange's operator, perhaps to one patient's record alone. */
export async function inviteAbout(exchange: SharedExchange, invited: Invited) {
  const { name } = invited;
  const email = `${name.toLowerCase().replaceAll(' ', '.')}.${randomUUID().slice(0, 8)}@people.example`;
  const answer = await exchange.operator.call('POST', `${exchange.description.gateway.url}/people`, {
    ...{ purpose: 'HSYSADMIN', scope: 'exchange/people.manage' },
    body: { ...invited, email },
  });
  if (answer.status !== 201) throw new RangeError('The exchange did not take the invitation.');
  return answer.json<{ readonly personId: string; readonly code: string }>();
}

/** What an authenticator app would show now. */
export const appCode = (secret: string): Promise<string> =>
  new TOTP({ secret, crypto: new NobleCryptoPlugin(), base32: new ScureBase32Plugin() }).generate();
