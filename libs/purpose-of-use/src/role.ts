// What a signed-in person may be. Roles by the field's names (IHE IUA, HL7 RBAC catalogue); what each may do is decided here alone.
import type { Purpose } from './purpose.js';

interface RoleRights {
  /** The purposes a token of this role may be for; matched exactly. */
  readonly purposes: readonly Purpose[];
  /** OAuth scopes that go with the role. */
  readonly scopes: readonly string[];
}

const rights = {
  clinician: { purposes: ['TREAT', 'ETREAT', 'COC', 'BTG'], scopes: ['user/*.rs'] },
  registrar: { purposes: ['TREAT', 'HOPERAT'], scopes: ['user/Consent.cu'] },
  'data-steward': { purposes: ['RECORDMGT'], scopes: ['exchange/identity.review', 'exchange/identity.manage'] },
  'participant-administrator': { purposes: ['HSYSADMIN'], scopes: ['exchange/people.manage'] },
  'exchange-administrator': {
    purposes: ['HSYSADMIN'],
    scopes: [
      ...['exchange/participants.read', 'exchange/participants.manage', 'exchange/people.manage'],
      'exchange/messages.replay',
    ],
  },
  'compliance-officer': {
    purposes: ['HCOMPL'],
    scopes: [
      'exchange/participants.read',
      'exchange/ledger.read',
      'exchange/ledger.review',
      'exchange/notices.read',
      'exchange/ledger.erase',
      'exchange/ledger.disclose',
    ],
  },
  patient: { purposes: ['PATRQT'], scopes: ['exchange/accounting.own'] },
  proxy: { purposes: ['FAMRQT', 'PWATRNY'], scopes: ['exchange/accounting.own'] },
} as const satisfies Readonly<Record<string, RoleRights>>;

/** What a person is to the exchange. Closed; a person may have several. */
export type Role = keyof typeof rights;

export const roles = Object.freeze(Object.keys(rights)) as readonly Role[];

const known: ReadonlySet<string> = new Set(roles);

export const isRole = (text: unknown): text is Role => known.has(text as string);

/** Roles that see or change more than one member's affairs: only the people of the exchange's operator have them. */
export const exchangeRoles: readonly Role[] = ['exchange-administrator', 'compliance-officer', 'data-steward'];

/** Roles that reach what is held of one patient alone, whom the account names. Who has one has no other: staff have an account of their own. */
export const ownRecordRoles: readonly Role[] = ['patient', 'proxy'];

/** Every scope that some role has. */
export const personScopes: readonly string[] = [...new Set(roles.flatMap((role) => rightsOf(role).scopes))];

/**
 * What a person with these roles may do for one purpose: only the roles that have the purpose count, so that nobody uses one role's
 * scopes under another's purpose.
 */
export function rightsFor(
  held: readonly Role[],
  purpose: Purpose,
): { readonly roles: readonly Role[]; readonly scopes: readonly string[] } {
  const serving = held.filter((role) => rightsOf(role).purposes.includes(purpose));
  return { roles: serving, scopes: [...new Set(serving.flatMap((role) => rightsOf(role).scopes))] };
}

function rightsOf(role: Role): RoleRights {
  return rights[role];
}
