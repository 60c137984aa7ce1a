import { MemberKeyError, MemberKeyFolder, secretFileSeal } from '@hie/key-store';

import { CliError } from './cli-error.js';

export const FORGET_USAGE = `hie keys forget MEMBER --confirm MEMBER
                                         destroys a member's wrapping key, and with it whatever the exchange and its backups hold of the
                                         member's data. There is no way back
                                         environment: MEMBER_KEYS, MEMBER_KEYS_SECRET, as services have them`;

/** `hie keys forget …`: nobody opens any more what lies under this member's wrapping key (docs/adr/0030-a-member-can-be-forgotten.md). */
export function forgetMember(
  memberId: string | undefined,
  { confirm }: { readonly confirm?: string | undefined },
  { MEMBER_KEYS: folder, MEMBER_KEYS_SECRET: secret }: Readonly<Record<string, string | undefined>>,
): string {
  if (memberId === undefined || folder === undefined) throw new CliError('usage', FORGET_USAGE);
  if (confirm !== memberId)
    throw new CliError('refused', 'There is no way back: say the member’s id twice (--confirm).');
  const keys = open(folder, secret);
  try {
    keys.destroy(memberId);
  } catch (error) {
    if (error instanceof MemberKeyError) throw new CliError('refused', error.code);
    throw unusable(error);
  } finally {
    keys.close();
  }
  return 'Destroyed. Every running service tells the ledger keys.changed within seconds; destroy what other copies of the folder there are.';
}

function open(folder: string, secret: string | undefined): MemberKeyFolder {
  try {
    return secret === undefined ? new MemberKeyFolder(folder) : new MemberKeyFolder(folder, secretFileSeal(secret));
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(error: unknown): CliError {
  // Never the message: that of a parser quotes what it could not read.
  const { code, name } = error as NodeJS.ErrnoException;
  return new CliError('unreadable', `The folder of members’ keys can not be used: ${code ?? name}`);
}
