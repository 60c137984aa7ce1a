/**
 * Allergens that are no drugs, and the codings under which drug allergies are recorded: `substance or class|system:code ...|names`.
 *
 * Codings: s = SNOMED CT (findings "Allergy to ..." and substances), u = UNII, i = ICD-10-CM, r = RxNorm.
 * Names are folded words, whole phrases.
 *
 * Sources: SNOMED CT International (concept ids as in Synthea's allergy modules and in HL7 FHIR examples; FHIR-51584 for 294499007,
 * IHTSDO's query examples for 294532003); ICD-10-CM Z88 and Z91.0; UNII of the FDA substance registration system, RxNorm and UNII as in
 * the C-CDA samples of HL7 and NIST. The list is short on purpose: public test data is full of wrong codes, so a name that is known
 * outweighs a code (`substance-meaning.ts`), and a code that is not here is grouped by itself.
 */
export const ALLERGENS = `
penicillins|s:91936005 s:764146007 s:373270004 s:6369005 r:70618 r:314422 i:Z88.0|allergenic extract penicillin
benzylpenicillin|s:294499007 s:323389000 u:Q42T66VG0C|
phenoxymethylpenicillin|s:372725003 u:Z61I075U2W|
amoxicillin|s:294505008 s:372687004 u:804826J2HU|
ampicillin|s:294506009 s:387170002 u:7C782967RD|
cephalosporins|s:294532003|
sulfonamide-antibiotics|s:91939003 s:387406002 i:Z88.2|
aspirin|s:293586001 s:387458008 u:R16CO5Y76E|
codeine|s:387494007 u:Q830PW7520|
opioids|i:Z88.5|
ibuprofen|s:387207008 u:WK2XYI10QM|
iodinated-contrast|s:293637006 i:Z91.041|
warfarin|s:372756006|
latex|s:300916003 s:111088007 s:1003755004 i:Z91.040|latex,natural rubber latex,rubber latex
peanut|s:91935009 s:762952008 s:256349002 i:Z91.010|peanut,peanuts
tree nut|s:91934008 s:442771000124102|nut,nuts,tree nut,tree nuts
shellfish|s:300913006 s:735029006 i:Z91.013|shellfish,shrimp,crustacean
fish|s:417532002 s:735971005|fish
egg|s:91930004 s:102263004 i:Z91.012|egg,eggs,egg protein
milk|s:425525006 s:3718001 i:Z91.011|milk,cow s milk,dairy,dairy product,dairy products
wheat|s:420174000 s:412071004|wheat
soya|s:714035009|soya,soy,soybean
bee venom|s:424213003 s:288328004 i:Z91.030|bee venom,bee sting,bee stings
house dust mite|s:232350006 s:260147004|house dust mite,dust mite,dust mites
animal dander|s:232347008 s:264287008|animal dander,dander,dander animal
grass pollen|s:418689008 s:256277009|grass pollen
tree pollen|s:419263009 s:782576004|tree pollen
mould|s:419474003 s:84489001|mould,mold,moulds,molds
`;

/**
 * Codings that only say "an allergy" and name no substance: they never join two allergies.
 * SNOMED CT: allergy to substance, allergic disposition, propensity to adverse reactions (to drug, food, substance), food and drug allergy.
 */
export const GENERIC_ALLERGY_CODES: readonly string[] = [
  '419199007',
  '609328004',
  '420134006',
  '419511003',
  '418471000',
  '418038007',
  '414285001',
  '416098002',
  '418634005',
  '106190000',
  '59037007',
  '235719002',
  '426232007',
];
