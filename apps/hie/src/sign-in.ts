import { readFileSync } from 'node:fs';

import { type KeptSession, SignInFailed, revokeSession, signIn } from '@hie/exchange-client';

import { CliError } from './cli-error.js';
import type { ExchangeFile } from './connection.js';
import { SessionFile } from './session-file.js';

/** The command line as identity-provider knows it, and what its commands may want: a person's roles decide what of it they get. */
const CLIENT_ID = 'hie-cli';
const SCOPE = [
  ...['openid', 'exchange/participants.read', 'exchange/participants.manage', 'exchange/people.manage'],
  ...['exchange/identity.review', 'exchange/identity.manage', 'exchange/ledger.erase'],
  'exchange/messages.replay',
].join(' ');

export const SIGN_IN_USAGE = `hie sign-in                  prints an address; whoever signs in there with a passkey is who acts from then on
hie sign-out
hie whoami`;

export const sessionVerbs: readonly string[] = ['sign-in', 'sign-out', 'whoami'];

/** `hie sign-in`, `sign-out`, `whoami`: who acts. @param say tells the person what to do meanwhile */
export async function session(
  exchange: ExchangeFile,
  verb: string | undefined,
  say: (text: string) => void,
): Promise<string> {
  const { issuer } = exchange.identityProvider;
  const file = SessionFile.of(issuer);
  const before = file.read();
  const ca = readFileSync(exchange.caCertificate, 'utf8');
  if (verb === 'sign-in') {
    const kept = await signedIn({ issuer, ca, say });
    file.write(kept);
    // Who signs in anew leaves nothing open behind.
    if (before !== undefined) await revokeSession(before, ca).catch(() => undefined);
    return shown(kept);
  }
  if (before === undefined) throw new CliError('refused', 'Nobody is signed in: npx hie sign-in');
  if (verb === 'whoami') return shown(before);
  file.remove();
  try {
    await revokeSession(before, ca);
  } catch {
    const said = 'Signed out here. The exchange could not be told; there the session ends after half an hour.';
    throw new CliError('unreachable', said);
  }
  return 'Signed out.';
}

async function signedIn({
  issuer,
  ca,
  say,
}: {
  readonly issuer: string;
  readonly ca: string;
  readonly say: (text: string) => void;
}): Promise<KeptSession> {
  const onAddress = (url: string) =>
    say(`Open this address in a browser, within five minutes, and sign in:\n\n${url}\n`);
  try {
    return await signIn({ issuer, ca, clientId: CLIENT_ID, scope: SCOPE, onAddress });
  } catch (error) {
    if (error instanceof SignInFailed) throw new CliError('refused', said[error.code](error.detail));
    throw error;
  }
}

const said: Readonly<Record<SignInFailed['code'], (detail?: string) => string>> = {
  'timed-out': () => 'Nobody has signed in within five minutes.',
  cancelled: () => 'The sign-in was cancelled.',
  refused: (detail = '') => `The identity provider refused the sign-in: ${detail}`,
  'another-provider': () => 'The answer did not come from the exchange’s identity provider; nobody is signed in.',
};

const shown = ({ issuer, personId, signedInAt }: KeptSession): string =>
  [`person     ${personId}`, `signed in  ${signedInAt}`, `at         ${issuer}`].join('\n');
