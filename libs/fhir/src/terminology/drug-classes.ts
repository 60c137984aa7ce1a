export interface DrugClass {
  readonly id: string;
  /** As a clinician calls it, plural: "Penicillins". */
  readonly title: string;
  /** Prefixes of the ATC code (WHO Collaborating Centre for Drug Statistics Methodology). */
  readonly atc: readonly string[];
  /** Words that name the class itself, folded (`foldWords`). */
  readonly names: readonly string[];
  /**
   * Whether allergies to members of this class are one allergy to show: charts record "penicillin" for amoxicillin and the other way
   * round. The codings of each source stay beside it.
   */
  readonly oneAllergy: boolean;
  /** `anticoagulant`, `heart`, ...: what a medication of this class means in an emergency. */
  readonly alert?: DrugAlert;
}

/**
 * Groups of medications that are said first. The groups that bleed, stop the heart, or must not be stopped are those of the ISMP List of
 * High-Alert Medications in Acute Care Settings (antithrombotics, insulin, opioids, antiarrhythmics, cardiac glycosides), and the
 * drugs whose sudden stop is a danger of its own (corticosteroids, antiepileptics, immunosuppressants).
 */
export type DrugAlert = 'anticoagulant' | 'antiplatelet' | 'heart' | 'insulin' | 'opioid' | 'not-to-stop' | 'toxic';

const drugClass = (
  id: string,
  title: string,
  atc: readonly string[],
  names: readonly string[],
  more: { oneAllergy?: boolean; alert?: DrugAlert } = {},
): DrugClass => ({
  id,
  title,
  atc,
  names,
  oneAllergy: more.oneAllergy ?? false,
  ...(more.alert && { alert: more.alert }),
});

const one = { oneAllergy: true };

/** Classes by ATC prefix; the longest prefix that fits decides, so `B01AC` (antiplatelet) is not `B01A`. */
export const drugClasses: readonly DrugClass[] = [
  drugClass(
    'penicillins',
    'Penicillins',
    ['J01C'],
    ['penicillin', 'penicillins', 'pcn', 'beta lactam penicillins', 'aminopenicillin'],
    one,
  ),
  drugClass(
    'cephalosporins',
    'Cephalosporins',
    ['J01DB', 'J01DC', 'J01DD', 'J01DE', 'J01DI'],
    ['cephalosporin', 'cephalosporins'],
    one,
  ),
  drugClass('carbapenems', 'Carbapenems', ['J01DH'], ['carbapenem', 'carbapenems'], one),
  drugClass(
    'sulfonamide-antibiotics',
    'Sulfonamide antibiotics',
    ['J01EB', 'J01EC', 'J01ED', 'J01EE'],
    ['sulfa', 'sulfa drugs', 'sulfonamide', 'sulfonamides', 'sulphonamide', 'sulfonamide antibiotics'],
    one,
  ),
  drugClass('macrolides', 'Macrolide antibiotics', ['J01FA'], ['macrolide', 'macrolides']),
  drugClass(
    'fluoroquinolones',
    'Fluoroquinolones',
    ['J01MA'],
    ['fluoroquinolone', 'fluoroquinolones', 'quinolone', 'quinolones'],
  ),
  drugClass('tetracyclines', 'Tetracyclines', ['J01AA'], ['tetracyclines']),
  drugClass('aminoglycosides', 'Aminoglycosides', ['J01G'], ['aminoglycoside', 'aminoglycosides']),
  drugClass(
    'nsaids',
    'Non-steroidal anti-inflammatory drugs',
    ['M01A'],
    ['nsaid', 'nsaids', 'non steroidal anti inflammatory drugs', 'nonsteroidal anti inflammatory drugs'],
  ),
  drugClass('opioids', 'Opioids', ['N02A', 'R05DA', 'N07BC'], ['opioid', 'opioids', 'opiate', 'opiates', 'narcotics'], {
    alert: 'opioid',
  }),
  drugClass(
    'iodinated-contrast',
    'Iodinated contrast media',
    ['V08A'],
    [
      'iodinated contrast',
      'iodinated contrast media',
      'contrast media',
      'contrast dye',
      'iv contrast',
      'radiographic contrast media',
      'ivp dye',
    ],
    one,
  ),
  drugClass('local-anaesthetics', 'Local anaesthetics', ['N01B'], ['local anesthetics', 'local anaesthetics']),
  drugClass('muscle-relaxants', 'Neuromuscular blockers', ['M03A'], ['neuromuscular blocking agents']),

  drugClass(
    'anticoagulants',
    'Anticoagulants',
    ['B01AA', 'B01AB', 'B01AE', 'B01AF', 'B01AX'],
    ['anticoagulant', 'anticoagulants', 'blood thinner'],
    { alert: 'anticoagulant' },
  ),
  drugClass('antiplatelets', 'Antiplatelet drugs', ['B01AC'], ['antiplatelet', 'antiplatelets'], {
    alert: 'antiplatelet',
  }),
  drugClass('beta-blockers', 'Beta blockers', ['C07'], ['beta blocker', 'beta blockers', 'beta adrenergic blocker'], {
    alert: 'heart',
  }),
  drugClass('cardiac-glycosides', 'Cardiac glycosides', ['C01A'], ['digitalis'], { alert: 'heart' }),
  drugClass('antiarrhythmics', 'Antiarrhythmics', ['C01B'], ['antiarrhythmic', 'antiarrhythmics'], { alert: 'heart' }),
  drugClass('nitrates', 'Nitrates', ['C01DA'], ['nitrates'], { alert: 'heart' }),
  drugClass('other-cardiac', 'Cardiac drugs', ['C01E', 'C01C'], [], { alert: 'heart' }),
  drugClass('antihypertensives', 'Antihypertensives', ['C02'], [], { alert: 'heart' }),
  drugClass('diuretics', 'Diuretics', ['C03'], ['diuretic', 'diuretics'], { alert: 'heart' }),
  drugClass(
    'calcium-channel-blockers',
    'Calcium channel blockers',
    ['C08'],
    ['calcium channel blocker', 'calcium channel blockers'],
    { alert: 'heart' },
  ),
  drugClass('ace-inhibitors', 'ACE inhibitors', ['C09A', 'C09B'], ['ace inhibitor', 'ace inhibitors'], {
    oneAllergy: true,
    alert: 'heart',
  }),
  drugClass(
    'angiotensin-receptor-blockers',
    'Angiotensin receptor blockers',
    ['C09C', 'C09D'],
    ['angiotensin receptor blocker', 'angiotensin receptor blockers'],
    { alert: 'heart' },
  ),
  drugClass('statins', 'Statins', ['C10AA'], ['statin', 'statins', 'hmg coa reductase inhibitors']),

  drugClass('insulins', 'Insulins', ['A10A'], ['insulin', 'insulins'], { alert: 'insulin' }),
  drugClass('sulfonylureas', 'Sulfonylureas', ['A10BB'], ['sulfonylurea', 'sulfonylureas'], { alert: 'insulin' }),
  drugClass('corticosteroids', 'Systemic corticosteroids', ['H02A'], ['corticosteroid', 'corticosteroids'], {
    alert: 'not-to-stop',
  }),
  drugClass('antiepileptics', 'Antiepileptics', ['N03'], ['antiepileptic', 'antiepileptics', 'anticonvulsants'], {
    alert: 'not-to-stop',
  }),
  drugClass('immunosuppressants', 'Immunosuppressants', ['L04'], ['immunosuppressants'], { alert: 'not-to-stop' }),
  drugClass('mao-inhibitors', 'MAO inhibitors', ['N06AF'], ['maoi', 'maois', 'mao inhibitor', 'mao inhibitors'], {
    alert: 'toxic',
  }),
  drugClass('lithium-salts', 'Lithium', ['N05AN'], [], { alert: 'toxic' }),
  drugClass('antineoplastics', 'Antineoplastic drugs', ['L01'], [], { alert: 'toxic' }),
];

const byId = new Map(drugClasses.map((row) => [row.id, row]));
const byPrefix = new Map(drugClasses.flatMap((row) => row.atc.map((prefix) => [prefix, row] as const)));

/** The class of an ATC code, by its longest known prefix. */
export function classOfAtc(code: string): DrugClass | undefined {
  for (let length = Math.min(code.length, 7); length >= 3; length -= 1) {
    const found = byPrefix.get(code.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
}

export function drugClassById(id: string): DrugClass | undefined {
  return byId.get(id);
}
