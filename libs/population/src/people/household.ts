import { DAYS_A_YEAR, type Day } from '../calendar.js';
import { type Culture, drawCulture } from '../names/culture.js';
import { drawFamilyName, drawMarriedName } from '../names/family-name.js';
import { drawGivenName, drawMiddleName } from '../names/given-name.js';
import { type Address } from '../places/address.js';
import { drawEmail } from '../places/contact.js';
import { type Place, drawAddress, drawPlace } from '../places/place.js';
import { type Random, branch, chance, decisionKey, fraction, randomFor, sometimes } from '../random/random.js';
import { type Member, membersOf } from './generations.js';
import { type HouseholdPlan } from './household-plan.js';
import {
  birthYear,
  drawDeath,
  drawFormerMarriage,
  drawHomes,
  drawNickname,
  drawPhones,
  drawSsnLast4,
  onAge,
} from './life.js';
import { type Person, type Since, valueOn } from './person.js';

/** What the people of one household share. */
interface Home {
  readonly plan: HouseholdPlan;
  readonly asOf: Day;
  readonly seed: number;
  readonly place: Place;
  readonly culture: Culture;
  readonly homes: readonly Since<Address>[];
}

const HOUSEHOLD = decisionKey('household');
const MEMBER = decisionKey('member');
const NAMED_AFTER_FATHER = { hispanic: 0.16, 'african-american': 0.11, others: 0.06 } as const;

/**
 * The people of a household, in index order.
 *
 * @param nextDoor the household planned before this one, where the head of a `grewUpNextDoor` household grew up: the source of kin
 *   under two roofs, of fathers and sons with one name at two addresses, and of old addresses that are another household's present one.
 */
export function householdOf(
  seed: number,
  plan: HouseholdPlan,
  asOf: Day,
  nextDoor: readonly Person[],
): readonly Person[] {
  const random = randomFor(seed, HOUSEHOLD, plan.first);
  const ownPlace = drawPlace(random);
  const ownCulture = drawCulture(random, ownPlace);
  const members = membersOf(random, plan, asOf);
  const [head] = members;
  if (head === undefined) throw new RangeError('a household has at least one member');
  const parent = plan.grewUpNextDoor
    ? nextDoor.find((kin) => kin.role === 'head' && onAge(kin.birthDay, 17) < head.birthDay)
    : undefined;
  const since = Math.min(asOf - 30, Math.max(onAge(head.birthDay, 21), asOf - Math.floor(30 * DAYS_A_YEAR)));
  const home: Home = {
    plan,
    asOf,
    seed,
    place: ownPlace,
    culture: parent?.culture ?? ownCulture,
    homes: drawHomes(random, ownPlace, since, asOf),
  };

  const people: Person[] = [];
  members.forEach((member, position) => people.push(memberOf(home, member, position, people, parent)));
  return withSeniors(people);
}

function memberOf(
  home: Home,
  member: Member,
  position: number,
  before: readonly Person[],
  parent: Person | undefined,
): Person {
  const random = randomFor(home.seed, MEMBER, home.plan.first, position);
  const { role, sex, birthDay, twin } = member;
  const head = before[0];
  const partner = before.find((person) => person.role === 'partner');
  const mother = role === 'child' ? (partner?.sex === 'F' ? partner : head) : undefined;
  const father =
    role === 'child' ? [head, partner].find((person) => person?.sex === 'M') : position === 0 ? parent : undefined;
  const marriesOutside = chance(random, 0.15);
  const culture =
    role === 'housemate' || (role === 'partner' && marriesOutside) ? drawCulture(random, home.place) : home.culture;
  const year = birthYear(birthDay);
  const motherFamily = mother ? (valueOn(mother.familyNames, birthDay) ?? '') : '';

  const familyAtBirth = drawFamilyAtBirth(random, home, member, culture, father ?? mother ?? parent, mother, head);
  const rate =
    culture === 'hispanic' || culture === 'african-american' ? NAMED_AFTER_FATHER[culture] : NAMED_AFTER_FATHER.others;
  const wantsNamesake = chance(random, rate);
  const isNamesake =
    wantsNamesake && sex === 'M' && father?.sex === 'M' && !before.some((sibling) => sibling.suffix === 'Jr');
  const drawnGiven = drawOwnGivenName(random, culture, member, before);
  const drawnMiddle = drawMiddleName(random, culture, sex, year, motherFamily);
  const given = isNamesake ? father.given : drawnGiven;
  const middle = isNamesake && culture !== 'hispanic' ? father.middle : drawnMiddle;
  const suffix = isNamesake ? (father.suffix === 'Jr' ? 'III' : 'Jr') : '';

  const familyNames =
    role === 'partner' && head
      ? drawNamesOfPartner(random, member, culture, familyAtBirth, head, home.asOf)
      : role === 'child'
        ? [{ from: birthDay, value: familyAtBirth }]
        : drawFormerMarriage(random, sex, culture, familyAtBirth, birthDay, home.asOf);
  const isMinor = onAge(birthDay, 13) > home.asOf;
  const ownPhones = drawPhones(random, home.place, birthDay, home.asOf);
  let email = '';
  sometimes(random, isMinor ? 0 : 0.7, (own) => (email = drawEmail(own, given, familyAtBirth, year)));
  const deathDay = drawDeath(random, birthDay, home.asOf);
  const letter = twin === 1 ? 'A' : twin === 2 ? 'B' : '';
  return {
    index: home.plan.first + position,
    household: home.plan.first,
    role,
    culture,
    sex,
    birthDay,
    ...(deathDay === undefined ? {} : { deathDay }),
    given,
    middle,
    suffix,
    nickname: drawNickname(random, given),
    goesByMiddle: chance(random, 0.04) && middle.length > 1,
    familyNames,
    homes: homesOf(random, home, member, position === 0 ? parent : undefined),
    phones: isMinor && mother ? mother.phones : ownPhones,
    email,
    ssnLast4: drawSsnLast4(random),
    ...(mother ? { newborn: { motherFamily, letter } as const } : {}),
  };
}

/** Twins are often given names that sound alike; siblings seldom bear one name. */
function drawOwnGivenName(random: Random, culture: Culture, member: Member, before: readonly Person[]): string {
  const twinOf = member.twin === 2 ? before.at(-1) : undefined;
  const alike = chance(random, 0.3);
  const own = branch(random);
  let name = '';
  for (let attempt = 0; attempt < 6; attempt += 1) {
    name = drawGivenName(own, culture, member.sex, birthYear(member.birthDay));
    const isTaken = before.some((sibling) => sibling.role === 'child' && sibling.given === name);
    const isAlike = twinOf === undefined || !alike || name.charAt(0) === twinOf.given.charAt(0);
    if (!isTaken && isAlike) break;
  }
  return name;
}

function drawFamilyAtBirth(
  random: Random,
  home: Home,
  member: Member,
  culture: Culture,
  namedBy: Person | undefined,
  mother: Person | undefined,
  head: Person | undefined,
): string {
  const own = branch(random);
  const joins = chance(random, culture === 'hispanic' ? 0.35 : 0.05);
  const sharesName = chance(random, 0.7);
  const inherited = namedBy ? (valueOn(namedBy.familyNames, member.birthDay) ?? '') : '';
  if (member.role === 'child' && mother && namedBy && namedBy !== mother && joins) {
    const [fathers = inherited] = inherited.split(' ');
    const [mothers = ''] = (mother.familyNames[0]?.value ?? '').split(' ');
    if (mothers !== fathers) return culture === 'hispanic' ? `${fathers} ${mothers}` : `${mothers}-${fathers}`;
  }
  if (inherited !== '') return inherited;
  if (member.role === 'grandparent' && head && sharesName && home.plan.kind === 'three-generation') {
    return head.familyNames[0]?.value ?? '';
  }
  return drawFamilyName(own, culture);
}

function drawNamesOfPartner(
  random: Random,
  member: Member,
  culture: Culture,
  birthName: string,
  head: Person,
  asOf: Day,
): readonly Since<string>[] {
  const isMarried = chance(random, 0.8);
  const married = onAge(Math.max(member.birthDay, head.birthDay), 20 + fraction(random) * 8);
  const name = drawMarriedName(random, culture, birthName, valueOn(head.familyNames, asOf) ?? birthName);
  const changes = isMarried && married < asOf && name !== birthName && (member.sex === 'F' || head.sex === member.sex);
  const atBirth = { from: member.birthDay, value: birthName };
  return changes ? [atBirth, { from: married, value: name }] : [atBirth];
}

/** Children have the household's homes; who moved in as an adult had a home before, the head from next door the parents'. */
function homesOf(random: Random, home: Home, member: Member, parent: Person | undefined): readonly Since<Address>[] {
  const own = branch(random);
  if (member.role === 'child' || member.role === 'grandparent') return home.homes;
  if (member.role === 'head' && parent === undefined) return home.homes;
  const movedIn = Math.max(onAge(member.birthDay, 22), home.homes[0]?.from ?? home.asOf);
  const first = parent ? valueOn(parent.homes, movedIn - 1) : drawAddress(own, drawPlace(own));
  const current = valueOn(home.homes, movedIn);
  if (first === undefined || current === undefined) return home.homes;
  const later = home.homes.filter(({ from }) => from > movedIn);
  return [{ from: member.birthDay, value: first }, { from: movedIn, value: current }, ...later];
}

/** The father of a Jr of the same house is the Sr. */
function withSeniors(people: readonly Person[]): readonly Person[] {
  const junior = people.find(({ suffix, role }) => suffix === 'Jr' && role === 'child');
  if (junior === undefined) return people;
  return people.map((person) =>
    person.role !== 'child' && person.sex === 'M' && person.given === junior.given && person.suffix === ''
      ? { ...person, suffix: 'Sr' }
      : person,
  );
}
