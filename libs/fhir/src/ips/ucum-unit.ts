/** Atoms of UCUM (https://ucum.org/ucum) that clinical quantities are measured in; metric ones may carry a prefix. */
const METRIC =
  'g l L m s mol eq U osm Hz J N Pa bar V W K kat cal rad lm cd A C F Ohm S T Wb H Bq Gy Sv [iU] [IU] mol/L u st t Cel b By m[Hg] m[H2O]';
const PLAIN =
  "% min h d wk mo a [in_i] [ft_i] [yd_i] [lb_av] [oz_av] [degF] deg [pH] [cup_us] [tsp_us] [tbs_us] [foz_us] [arb'U] [CFU] [PFU] [dr_av] [ppm] [ppb] [ppth] [drp] [diop] [MET] [Btu] [car_m] [psi] [HP] 10* 10^ 1";
const PREFIX = 'Y Z E P T G M k h da d c m u n p f a z y';

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const alternatives = (words: string): string => words.split(' ').map(literal).join('|');

/** One factor: an atom with its prefix and exponent, a number, or an annotation in braces. */
const FACTOR = `(?:(?:(?:${alternatives(PREFIX)})?(?:${alternatives(METRIC)})|${alternatives(PLAIN)})(?:[+-]?\\d{1,3})?|\\d{1,6})(?:\\{[\\x21-\\x7a\\x7c\\x7e]{0,40}\\})?|\\{[\\x21-\\x7a\\x7c\\x7e]{1,40}\\}`;
const UNIT = new RegExp(`^/?(?:${FACTOR})(?:[./](?:${FACTOR})){0,4}$`);

/**
 * Whether a code is certain to be a UCUM unit. Units outside the common ones are not recognised: they then stay in words, which loses a
 * machine's convenience and nothing a person reads, while a wrong code would make the whole document invalid.
 */
export function isUcumUnit(code: unknown): boolean {
  return typeof code === 'string' && UNIT.test(code);
}
