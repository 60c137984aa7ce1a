import { withoutAccents } from '../names/accents.js';
import { type Address, STREET_TYPE_ABBREVIATIONS, streetLine } from '../places/address.js';
import { type Random, chance, pick } from '../random/random.js';
import { type TrueDemographics } from './demographics.js';
import { type DeskHabits } from './hospital.js';
import { type Draft } from './recorded.js';

/** What a desk writes when everything it was told is right: the truth in the hospital's own style. */
export function writeDown(random: Random, truth: TrueDemographics, habits: DeskHabits): Draft {
  const asksSsn = chance(random, habits.asksSsn ? 0.9 : 0.05);
  const asksEmail = chance(random, habits.asksEmail ? 0.8 : 0.1);
  const { address } = truth;
  return {
    given: truth.given,
    middle: habits.middle === 'full' ? truth.middle : truth.middle.charAt(0),
    family: truth.family,
    suffix: truth.suffix === '' ? '' : pick(random, [truth.suffix, `${truth.suffix}.`, truth.suffix.toUpperCase()]),
    birthDate: truth.birthDate,
    sex: truth.sex,
    ssnLast4: asksSsn ? truth.ssnLast4 : '',
    phone: truth.phone,
    email: asksEmail ? truth.email : '',
    street: address ? streetInStyle(random, address, habits) : '',
    unit: address?.unit ?? '',
    city: address?.city ?? '',
    state: address?.state ?? '',
    postalCode: address?.postalCode ?? '',
  };
}

function streetInStyle(random: Random, address: Address, habits: DeskHabits): string {
  const full = streetLine(address);
  const short = STREET_TYPE_ABBREVIATIONS[address.streetType] ?? address.streetType;
  const bare = full.slice(0, -address.streetType.length);
  const abbreviated = bare + short;
  const told = pick(random, [full, abbreviated, abbreviated, bare.trimEnd()]);
  return habits.street === 'in full' ? full : habits.street === 'abbreviated' ? abbreviated : told;
}

/** The last pass: letter case, accents, phone format and the unit's place, as the hospital's system stores them. */
export function inHouseStyle(draft: Draft, habits: DeskHabits): Draft {
  const name = (text: string): string => {
    const plain = habits.keepsAccents ? text : withoutAccents(text);
    return habits.letterCase === 'upper' ? plain.toUpperCase() : plain;
  };
  const joins = habits.unitOnStreetLine && draft.unit !== '' && draft.street !== '';
  return {
    ...draft,
    given: name(draft.given),
    middle: name(draft.middle),
    family: name(draft.family),
    street: name(joins ? `${draft.street} ${draft.unit}` : draft.street),
    unit: joins ? '' : name(draft.unit),
    city: name(draft.city),
    phone: phoneInStyle(draft.phone, habits.phone),
    postalCode: habits.losesLeadingZeros ? draft.postalCode.replace(/^0+/, '') : draft.postalCode,
  };
}

/** A ten-digit number in one of four ways of writing it; anything else is left as it is. */
export function phoneInStyle(digits: string, style: DeskHabits['phone']): string {
  const [, area, exchange, line] = /^(\d{3})(\d{3})(\d{4})$/.exec(digits) ?? [];
  if (area === undefined) return digits;
  switch (style) {
    case 'digits':
      return digits;
    case 'dashes':
      return `${area}-${exchange}-${line}`;
    case 'brackets':
      return `(${area}) ${exchange}-${line}`;
    case 'country-code':
      return `+1 ${area} ${exchange} ${line}`;
  }
}
