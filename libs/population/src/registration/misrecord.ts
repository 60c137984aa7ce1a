import { dayOf, isoDate } from '../calendar.js';
import { respellingsOf } from '../names/variants.js';
import { type Person } from '../people/person.js';
import { type Random, chance, pick, sometimes } from '../random/random.js';
import { type ErrorRates } from './error-rates.js';
import { type Draft } from './recorded.js';
import { mistype, mistypeDigit } from './typing-error.js';

/** Puts the errors of one desk and one day into what was written down. Changes the draft. */
export type Fault = (random: Random, draft: Draft, person: Person, rates: ErrorRates) => void;

/** Every fault, in the order in which they are committed: what the person says, then what the clerk types. */
export const FAULTS: readonly Fault[] = [
  sayName,
  spellName,
  typeName,
  writeSuffix,
  writeBirthDate,
  writeSex,
  writeSsn,
  writePhone,
  writeEmail,
  writeAddress,
];

function sayName(random: Random, draft: Draft, person: Person, rates: ErrorRates): void {
  sometimes(random, rates.formerFamilyName, (own) => {
    const former = person.familyNames.filter(({ value }) => value !== draft.family);
    if (former.length > 0) draft.family = pick(own, former).value;
  });
  sometimes(random, person.goesByMiddle ? 0.5 : rates.middleAsGiven, () => {
    const isNamed = person.middle.length > 1 && draft.given === person.given;
    if (isNamed) [draft.given, draft.middle] = [person.middle, person.given.charAt(0)];
  });
  sometimes(random, rates.nickname, () => {
    if (person.nickname !== '' && draft.given === person.given) draft.given = person.nickname;
  });
}

function spellName(random: Random, draft: Draft, person: Person, rates: ErrorRates): void {
  sometimes(random, rates.respelling, (own) => (draft.given = respelled(own, draft.given)));
  sometimes(random, rates.respelling, (own) => (draft.family = respelled(own, draft.family)));
  sometimes(random, rates.partOfDoubleName, (own) => (draft.given = partOrJoined(own, draft.given)));
  sometimes(random, rates.partOfDoubleName, (own) => (draft.family = partOrJoined(own, draft.family)));
  const isEastAsian = person.culture === 'chinese' || person.culture === 'vietnamese' || person.culture === 'korean';
  sometimes(random, rates.givenFamilySwapped * (isEastAsian ? 6 : 1), () => {
    [draft.given, draft.family] = [draft.family, draft.given];
  });
}

function respelled(random: Random, name: string): string {
  const others = respellingsOf(name);
  return others.length > 0 ? pick(random, others) : name;
}

/** A name of two parts loses one of them, its hyphen, or its space; the delivery ward's names are left alone. */
function partOrJoined(random: Random, name: string): string {
  const parts = name.split(/[ -]/);
  const [first = '', second = ''] = parts;
  if (parts.length !== 2 || /^(baby|newborn|boy|girl|bb|bg)$/i.test(first)) return name;
  return pick(random, [first, first, second, `${first} ${second}`, `${first}-${second}`]);
}

function typeName(random: Random, draft: Draft, _person: Person, rates: ErrorRates): void {
  sometimes(random, rates.givenTypo, (own) => (draft.given = mistype(own, draft.given)));
  sometimes(random, rates.familyTypo, (own) => (draft.family = mistype(own, draft.family)));
  sometimes(random, rates.initialOnly, () => (draft.given = draft.given.charAt(0)));
  sometimes(random, rates.middleMissing, () => (draft.middle = ''));
}

function writeSuffix(random: Random, draft: Draft, _person: Person, rates: ErrorRates): void {
  sometimes(random, rates.suffixDropped, () => (draft.suffix = ''));
  sometimes(random, rates.suffixInFamilyName, () => {
    if (draft.suffix !== '') [draft.family, draft.suffix] = [`${draft.family} ${draft.suffix}`, ''];
  });
}

function writeBirthDate(random: Random, draft: Draft, _person: Person, rates: ErrorRates): void {
  const [year = '', month = '', date = ''] = draft.birthDate.split('-');
  sometimes(
    random,
    rates.dateDigit,
    (own) => (draft.birthDate = realDate(mistypeDigit(own, draft.birthDate)) ?? draft.birthDate),
  );
  sometimes(random, rates.dateSwapped, () => {
    if (Number(date) <= 12) draft.birthDate = `${year}-${date}-${month}`;
  });
  sometimes(
    random,
    rates.dateYearOff,
    (own) => (draft.birthDate = `${Number(year) + (chance(own, 0.5) ? 1 : -1)}-${month}-${date}`),
  );
  sometimes(random, rates.dateFirstOfJanuary, () => (draft.birthDate = `${year}-01-01`));
  sometimes(random, rates.datePlaceholder, () => (draft.birthDate = '1900-01-01'));
  sometimes(random, rates.dateMissing, () => (draft.birthDate = ''));
}

/** The text if it names a day that exists and is plausible: desks refuse 2026-13-45. */
function realDate(text: string): string | undefined {
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number);
  if (year < 1900 || year > 2029 || month < 1 || month > 12 || date < 1) return undefined;
  return isoDate(dayOf(year, month, date)) === text ? text : undefined;
}

function writeSex(random: Random, draft: Draft, _person: Person, rates: ErrorRates): void {
  sometimes(random, rates.sexWrong, () => (draft.sex = draft.sex === 'F' ? 'M' : 'F'));
  sometimes(random, rates.sexUnknown, (own) => (draft.sex = pick(own, ['U', 'U', ''])));
}

function writeSsn(random: Random, draft: Draft, _person: Person, rates: ErrorRates): void {
  sometimes(random, rates.ssnTypo, (own) => (draft.ssnLast4 = mistypeDigit(own, draft.ssnLast4)));
  sometimes(random, rates.ssnMissing, () => (draft.ssnLast4 = ''));
  sometimes(random, rates.ssnPlaceholder, (own) => (draft.ssnLast4 = pick(own, ['0000', '9999', '1234', '1111'])));
}

function writePhone(random: Random, draft: Draft, person: Person, rates: ErrorRates): void {
  sometimes(random, rates.phoneFormer, () => (draft.phone = person.phones[0]?.value ?? ''));
  sometimes(random, rates.phoneTypo, (own) => (draft.phone = mistypeDigit(own, draft.phone)));
  sometimes(random, rates.phoneMissing, () => (draft.phone = ''));
  sometimes(random, rates.phonePlaceholder, (own) => (draft.phone = pick(own, PLACEHOLDER_PHONES)));
}

const PLACEHOLDER_PHONES = ['0000000000', '9999999999', '5555555555', '1111111111'];

function writeEmail(random: Random, draft: Draft, _person: Person, rates: ErrorRates): void {
  sometimes(random, rates.emailTypo, (own) => (draft.email = mistype(own, draft.email)));
  sometimes(random, rates.emailMissing, () => (draft.email = ''));
}

function writeAddress(random: Random, draft: Draft, _person: Person, rates: ErrorRates): void {
  sometimes(random, rates.streetTypo, (own) => (draft.street = mistype(own, draft.street)));
  sometimes(random, rates.cityTypo, (own) => (draft.city = mistype(own, draft.city)));
  sometimes(random, rates.postalCodeTypo, (own) => (draft.postalCode = mistypeDigit(own, draft.postalCode)));
  sometimes(random, rates.unitMissing, () => (draft.unit = ''));
  sometimes(random, rates.addressPlaceholder, (own) => {
    [draft.street, draft.unit] = [pick(own, ['UNKNOWN', 'HOMELESS', 'GENERAL DELIVERY', 'NO FIXED ADDRESS']), ''];
  });
  sometimes(random, rates.addressMissing, () => {
    [draft.street, draft.unit, draft.city, draft.postalCode] = ['', '', '', ''];
  });
}
