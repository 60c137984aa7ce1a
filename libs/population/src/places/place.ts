import { type GroupShares } from '../names/culture.js';
import { surnamesOf } from '../names/name-tables.js';
import { type Random, below, between, chance, decisionKey, mix, pick, randomFor } from '../random/random.js';
import { type Weighted, draw, weighted } from '../random/weighted.js';
import { type Address } from './address.js';
import { zipCodes } from './zip-codes.data.js';

/** A postal area with who lives there, in hundreds of residents by group. */
export interface Place extends GroupShares {
  readonly postalCode: string;
  readonly city: string;
  readonly state: string;
  readonly areaCodes: readonly string[];
  readonly residents: number;
}

// From the 2010 table to about 2020: growth of each group in the region (Census Bureau, P.L. 94-171 of both years).
const GROWTH = { white: 0.96, black: 1.2, hispanic: 1.5, api: 1.6 } as const;

const count36 = (text: string | undefined): number => (text ? Number.parseInt(text, 36) : 0);

let places: Weighted<Place> | undefined;

/** All places, weighted by residents. */
export function allPlaces(): Weighted<Place> {
  places ??= weighted(
    zipCodes.split(';').map((line): Place => {
      const [postalCode = '', city = '', state = '', areaCodes = '', white, black, hispanic, api] = line.split(',');
      const groups = {
        white: count36(white) * GROWTH.white,
        black: count36(black) * GROWTH.black,
        hispanic: count36(hispanic) * GROWTH.hispanic,
        api: count36(api) * GROWTH.api,
      };
      const residents = groups.white + groups.black + groups.hispanic + groups.api;
      return { postalCode, city, state, areaCodes: areaCodes.split('/'), ...groups, residents };
    }),
    (place) => place.residents,
  );
  return places;
}

/** Draws a place by the number of its residents. */
export function drawPlace(random: Random): Place {
  return draw(random, allPlaces());
}

// The most frequent street names of the United States (National League of Cities, from Census TIGER files), most frequent first.
const COMMON_STREETS = (
  'Second Third First Fourth Park Fifth Main Sixth Oak Seventh Pine Maple Cedar Eighth Elm View Washington Ninth Lake Hill Walnut ' +
  'Spring North Ridge Church Lincoln Tenth Highland Jackson Franklin Sunset River Chestnut Willow Mill Cherry Meadow Jefferson West ' +
  'Center Forest South Dogwood Hickory Adams Valley Madison Broad School Prospect Pleasant Summer Winter Pearl High Grove Union State ' +
  'Court Liberty Front Locust Spruce Birch Beech Orchard Garden Bridge Green Water Pond Beacon Harvard Cambridge Essex Winthrop'
).split(' ');

const STREET_TYPES = weighted<readonly [string, number]>(
  [
    ['Street', 38],
    ['Avenue', 14],
    ['Road', 20],
    ['Drive', 10],
    ['Lane', 6],
    ['Court', 3],
    ['Circle', 3],
    ['Terrace', 2],
    ['Place', 2],
    ['Way', 1],
    ['Boulevard', 1],
    ['Highway', 0.5],
  ],
  ([, share]) => share,
);

const STREET = decisionKey('street');
const PEOPLE_A_STREET = 70;

/** The name and type of one of a place's streets: always the same for the same place and number. */
function streetOf(place: Place, number: number): { readonly name: string; readonly type: string } {
  const random = randomFor(Number(place.postalCode), STREET, number);
  const common = chance(random, 0.6);
  const rank = Math.min(below(random, COMMON_STREETS.length), below(random, COMMON_STREETS.length));
  const surname = draw(random, surnamesOf('european'));
  return { name: common ? (COMMON_STREETS[rank] ?? 'Main') : surname, type: draw(random, STREET_TYPES)[0] };
}

const UNIT_KINDS = ['Apt', 'Apt', 'Apt', 'Apt', 'Unit', '#', 'Fl'] as const;

/** An address in a place: one of its streets, a number, and in dense places often a unit of a house with several. */
export function drawAddress(random: Random, place: Place): Address {
  const streets = Math.max(4, Math.ceil((place.residents * 100) / PEOPLE_A_STREET));
  const street = streetOf(place, below(random, streets));
  const isUnit = chance(random, Math.min(0.5, 0.08 + place.residents / 900));
  const kind = pick(random, UNIT_KINDS);
  // Houses with units are few and shared by many: their numbers come from a small set of the street's.
  const buildings = mix(Number(place.postalCode), street.name.length) % 97;
  const number = isUnit ? 100 + ((buildings + between(random, 0, 3) * 31) % 97) * 4 : between(random, 1, 1400);
  const unit = kind === 'Fl' ? `Fl ${between(random, 1, 4)}` : `${kind}${kind === '#' ? '' : ' '}${unitNumber(random)}`;
  return {
    number: String(number),
    direction: chance(random, 0.05) ? pick(random, ['N', 'S', 'E', 'W'] as const) : '',
    streetName: street.name,
    streetType: street.type,
    unit: isUnit ? unit : '',
    city: place.city,
    state: place.state,
    postalCode: place.postalCode,
  };
}

function unitNumber(random: Random): string {
  const storey = between(random, 1, 9);
  const letter = 'ABCDEFGH'[below(random, 8)] ?? 'A';
  return chance(random, 0.5)
    ? `${storey}${letter}`
    : chance(random, 0.4)
      ? letter
      : String(storey * 100 + between(random, 1, 20));
}
