import { memoise } from '../text/memoise.js';
import { foldOnce, foldText } from './fold-text.js';

/** An address in the parts that are compared; each empty when not recorded. */
export interface NormalisedAddress {
  readonly houseNumber: string;
  /** Street name without direction and type (`N Main St` → `main`): sources disagree on those two more often than people move between them. */
  readonly street: string;
  readonly unit: string;
  readonly city: string;
  readonly postalCode: string;
}

/** The address fields as a source sends them. */
export interface AddressParts {
  readonly street?: string | undefined;
  readonly unit?: string | undefined;
  readonly city?: string | undefined;
  /** Accepted as sources send it, and not compared: city and postal code say what it could. */
  readonly state?: string | undefined;
  readonly postalCode?: string | undefined;
}

export const noAddress: NormalisedAddress = { houseNumber: '', street: '', unit: '', city: '', postalCode: '' };

/** USPS Publication 28, appendices B (directions) and C1 (street types), with the commonest of other English-speaking posts. */
const streetTypes = new Set(
  (
    'allee alley ally aly annex anx arcade arc avenue av ave aven avn bayou bend bnd boulevard blvd boul branch br bridge brg brook ' +
    'bypass byp causeway cswy center centre ctr circle cir circ circuit cct close cl commons court ct courts cts cove cv creek crk crescent cres crst ' +
    'crossing xing drive dr drv esplanade estate est expressway expy extension ext freeway fwy gardens gdns gate glen gln green grn grove grv heights hts ' +
    'highway hwy hill hl hollow holw island junction jct landing lndg lane ln loop manor mnr meadow mews motorway orchard oval parade pde park parkway pkwy ' +
    'pass path pike place pl plaza plz point pt quadrant ramp ranch rnch reserve rest retreat ridge rdg rise road rd route rte row run shore square sq station ' +
    'street st str strt terrace ter tce terr throughway trace trce track trail trl turnpike tpke tunnel valley view vw village vlg vista walk way wy'
  ).split(' '),
);
const directions = new Set(
  'n s e w ne nw se sw north south east west northeast northwest southeast southwest'.split(' '),
);
const unitWords = 'apartment|apt|unit|suite|ste|lot|trailer|trlr|room|rm|floor|fl|flat|bldg|building|spc|space|no';
const unitPattern = new RegExp(`(?:#|\\b(?:${unitWords})\\b)[.\\s#]*([a-z0-9]+(?:[-\\s]?[a-z0-9]+)?)\\s*$`, 'i');
/** A cheap look before the dear one: most lines hold no unit. */
const mayHoldUnit = new RegExp(`#|\\s(?:${unitWords})\\b`, 'i');
const unitPrefix = new RegExp(`^(?:(?:${unitWords})\\s+)+`);
const noResidence =
  /^(?:unknown|unk|none|na|n a|homeless|general delivery|no fixed.*|no address.*|transient|undomiciled|shelter|same|refused|xxx*)$/;

/** Splits the unit off the street line, takes directions and street types away, and empties what is no residence ("HOMELESS", PO boxes). */
export function normaliseAddress(parts: AddressParts): NormalisedAddress {
  let line = (parts.street ?? '').trim();
  let unit = foldUnit(parts.unit ?? '');
  const found = mayHoldUnit.test(line) ? unitPattern.exec(line) : null;
  if (found !== null && found.index > 0) {
    line = line.slice(0, found.index);
    unit ||= foldUnit(found[1] ?? '');
  }
  const folded = foldOnce(line);
  const city = foldText(parts.city ?? '');
  const postalCode = normalisePostalCode(parts.postalCode ?? '');
  const place = { city: noResidence.test(city) ? '' : city, postalCode };
  if (folded === '' || isNoResidence(folded)) return { houseNumber: '', street: '', unit: '', ...place };
  const words = folded.split(' ');
  const houseNumber = /^\d+[a-z]?$/.test(words[0] ?? '') && words.length > 1 ? (words.shift() ?? '') : '';
  return { houseNumber, street: streetCore(words), unit, ...place };
}

function streetCore(words: readonly string[]): string {
  const kept = words.filter((word, at) => !(directions.has(word) && (at === 0 || at === words.length - 1)));
  while (kept.length > 1 && streetTypes.has(kept.at(-1) ?? '')) kept.pop();
  return (kept.length > 0 ? kept : words).map(withoutOrdinal).join(' ');
}

/** A street line with a number in front is a residence; only the others are looked at closely. */
function isNoResidence(folded: string): boolean {
  const first = folded.charCodeAt(0);
  if (first >= 48 && first <= 57) return false;
  return noResidence.test(folded) || /^(?:p ?o )?box \d+|^po box\b/.test(folded);
}

/** `42nd` → `42`. */
function withoutOrdinal(word: string): string {
  const first = word.charCodeAt(0);
  return first >= 48 && first <= 57 ? word.replace(/^(\d+)(?:st|nd|rd|th|h)$/, '$1') : word;
}

/** A unit has a unit's word before it, a digit in it, or is very short; anything else in that field is a locality or a remark. */
function foldUnit(text: string): string {
  if (text === '') return '';
  const folded = foldOnce(text);
  const bare = folded.replace(unitPrefix, '').replace(/ /g, '');
  return bare !== folded.replace(/ /g, '') || text.includes('#') || /\d/.test(bare) || bare.length <= 2 ? bare : '';
}

const normalisePostalCode = memoise((text: string): string => {
  const folded = foldText(text).replace(/ /g, '');
  const us = /^(\d{5})(?:\d{4})?$/.exec(folded);
  const code = us === null ? folded : (us[1] ?? '');
  return /^(\w)\1*$/.test(code) || noResidence.test(code) ? '' : code;
});
