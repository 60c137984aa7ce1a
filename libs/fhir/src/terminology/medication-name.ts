import { foldWords } from './plain-text.js';

/** Salts and esters: the same drug by another counter-ion. */
const SALTS = new Set(
  (
    'hydrochloride hcl sodium potassium calcium sulfate sulphate succinate tartrate bitartrate maleate besylate mesylate ' +
    'fumarate acetate phosphate citrate carbonate hydrobromide nitrate etexilate medoxomil cilexetil axetil trihydrate ' +
    'monohydrate anhydrous disodium dihydrate magnesium lactate gluconate pamoate tosylate porcine'
  ).split(' '),
);

/** Words at which a product's name stops being about the ingredient. */
const FORM = new Set(
  (
    'oral tablet tablets tab tabs capsule capsules cap caps injection injectable solution suspension cream ointment gel patch spray ' +
    'inhaler inhalation inhalant metered chewable disintegrating delayed extended release er xr xl sr cr dr ec enteric coated ' +
    'prefilled syringe cartridge pen auto injector autoinjector vial pack powder drops lozenge suppository rectal topical ' +
    'transdermal system intrauterine vaginal ring film implant mg mcg g ml unt iu units unit actuat day hr hour daily'
  ).split(' '),
);

/** Release and pack marks that RxNorm puts before the ingredient: "24 HR", "120 ACTUAT", "0.3 ML", "NDA020800". */
const LEADING = /^(?:nda\d+\s+|[\d.,]+\s*(?:hr|actuat|ml|day|mg)\s+)+/i;

/**
 * The names of the ingredients in a product's name, folded, salts and strengths left out.
 *
 * Follows the grammar of RxNorm normalized names (ingredient strength dose-form, parts divided by " / ", brand in brackets;
 * NLM, RxNorm Technical Documentation, "Appendix 1"), which other vendors' names come close enough to.
 *
 * @example
 *   ingredientNames('24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet'); // ['metformin']
 *   ingredientNames('Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet'); // ['amoxicillin', 'clavulanate']
 */
export function ingredientNames(productName: string): string[] {
  const text = productName.slice(0, 300);
  const generic = text.replace(/\[[^\]]*\]|\([^)]*\)|[{}]/g, ' ');
  const names = generic.split(/\s\/\s|\s\+\s/).map(ingredientOfPart);
  return names.filter((name) => /\p{L}/u.test(name));
}

function ingredientOfPart(part: string): string {
  const words = foldWords(part.trim().replace(LEADING, '')).split(' ');
  const end = words.findIndex((word, at) => at > 0 && (/^\d/.test(word) || FORM.has(word)));
  const named = end === -1 ? words : words.slice(0, end);
  while (named.length > 1 && SALTS.has(named.at(-1) ?? '')) named.pop();
  return named.join(' ');
}
