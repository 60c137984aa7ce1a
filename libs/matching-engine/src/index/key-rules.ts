/**
 * The blocking rules. Two records are compared when they share a key of any rule, so rules complement each other: each survives a
 * different mistake. `whole` rules are selective by construction, and a search that could not read one of their blocks to its end is
 * not complete. `loose` rules stay useful only while their blocks are small (rare values); a block over the limit is not cut but
 * left to the whole rules, which split it by a second and third value. `wide` rules pay off in small files only.
 */
export const keyRules = [
  ...rules('whole', 'nationalId', 'phone', 'email', 'identifier', 'birthDate+family', 'birthDate+given', 'house'),
  ...rules(
    'whole',
    'last4+year',
    'last4+family',
    'last4+given',
    'last4+monthDay',
    'given+family+year',
    'given+family+postalCode',
  ),
  ...rules(
    'whole',
    'given+family+monthDay',
    'birthDate+sound',
    'birthDate+prefix',
    'birthDate+postalCode',
    'prefixes+monthDay',
    'prefixes+yearMonth',
  ),
  ...rules(
    'whole',
    'street+given',
    'houseNumber+names',
    'family+postalCode+year',
    'family+postalCode+monthDay',
    'given+postalCode+year',
  ),
  ...rules(
    'whole',
    'prefix+family+postalCode',
    'given+familyPrefix+monthDay',
    'street+family+year',
    'prefix+family+year',
    'sounds+year',
    'birthDate+street',
  ),
  ...rules(
    'loose',
    'given+family',
    'prefixes',
    'birthDate',
    'given+year',
    'family+year',
    'given+monthDay',
    'family+monthDay',
    'given+postalCode',
  ),
  ...rules(
    'loose',
    'family+postalCode',
    'given+city',
    'last4',
    'phoneEnd+prefix',
    'street+initial',
    'yearMonth+postalCode',
    'street+postalCode',
  ),
  ...rules(
    'loose',
    'given+middle+year',
    'houseNumber+street+year',
    'sounds',
    'middle+family',
    'extra+birthDate',
    'extra+family',
    'extra+given',
  ),
  ...rules(
    'wide',
    'family',
    'given',
    'street',
    'familySound',
    'houseNumber+city',
    'postalCode+year',
    'city+monthDay',
    'city+year',
    'houseNumber+postalCode',
    'extra',
  ),
  ...rules(
    'wide',
    'nationalIdStart',
    'nationalIdEnd',
    'prefix+city',
    'prefix+postalCode',
    'familyPrefix+city',
    'familyPrefix+postalCode',
    'familyPrefix+houseNumber',
    'prefix+houseNumber',
  ),
] as const;

export interface KeyRule {
  readonly name: string;
  readonly kind: 'whole' | 'loose' | 'wide';
}

function rules<Name extends string>(kind: KeyRule['kind'], ...names: Name[]): { name: Name; kind: KeyRule['kind'] }[] {
  return names.map((name) => ({ name, kind }));
}

export type RuleName = (typeof keyRules)[number]['name'];
/** Numbers of the rules by name; looked up while the code is compiled, not for every key. */
export const rule = Object.fromEntries(keyRules.map(({ name }, i) => [name, i])) as Readonly<Record<RuleName, number>>;
