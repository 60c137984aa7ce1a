import { OPERATOR } from '@hie/contracts';
import type { Role } from '@hie/purpose-of-use';

import { type AdministeredPerson, type Administrator, decideAdministration } from './decide-administration.js';

const operator: Administrator = { id: 'admin-1', memberId: OPERATOR };
const mercy: Administrator = { id: 'admin-2', memberId: 'mercy' };
const nurse: AdministeredPerson = { personId: 'nurse', memberId: 'mercy' };

it.each<[string, Administrator, AdministeredPerson, readonly Role[], string]>([
  ['a member’s administrator and the member’s own clinician', mercy, nurse, ['clinician'], 'permit'],
  ['a member’s administrator who invites', mercy, { memberId: 'mercy' }, ['registrar'], 'permit'],
  ['the operator and a member’s clinician', operator, nurse, ['clinician'], 'permit'],
  [
    'the operator and one of its own',
    operator,
    { personId: 'x', memberId: OPERATOR },
    ['compliance-officer'],
    'permit',
  ],
  [
    'somebody and themselves (ATTACKS G6)',
    mercy,
    { personId: 'admin-2', memberId: 'mercy' },
    ['clinician'],
    'own-access',
  ],
  ['the operator’s person and themselves', operator, { personId: 'admin-1', memberId: OPERATOR }, [], 'own-access'],
  ['another member’s administrator', mercy, { personId: 'x', memberId: 'st-marys' }, [], 'person-of-another'],
  [
    'a member’s administrator and the operator’s',
    mercy,
    { personId: 'x', memberId: OPERATOR },
    [],
    'person-of-another',
  ],
  ['a member’s administrator and the whole ledger', mercy, nurse, ['compliance-officer'], 'role-of-the-exchange'],
  ['the operator, for a member’s person', operator, nurse, ['exchange-administrator'], 'role-of-the-exchange'],
])('of %s', (_name, by, person, roles, expected) => {
  expect(decideAdministration(by, person, roles)).toBe(expected);
});
