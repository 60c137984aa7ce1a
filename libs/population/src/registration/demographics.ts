import { type Day, isoDate } from '../calendar.js';
import { type Person, valueOn } from '../people/person.js';
import { type Address } from '../places/address.js';

/** What can be written down of a person on one day, every part true. Empty strings are things the person does not have. */
export interface TrueDemographics {
  readonly given: string;
  readonly middle: string;
  readonly family: string;
  readonly suffix: string;
  readonly birthDate: string;
  readonly sex: 'F' | 'M';
  readonly ssnLast4: string;
  /** Ten digits. */
  readonly phone: string;
  readonly email: string;
  readonly address: Address | undefined;
}

/** The demographics of a person as they were on a day. */
export function demographicsOn(person: Person, day: Day): TrueDemographics {
  return {
    given: person.given,
    middle: person.middle,
    family: valueOn(person.familyNames, day) ?? '',
    suffix: person.suffix,
    birthDate: isoDate(person.birthDay),
    sex: person.sex,
    ssnLast4: person.ssnLast4,
    phone: valueOn(person.phones, day) ?? '',
    email: person.email,
    address: valueOn(person.homes, day),
  };
}
