// HL7 v3-ActReason, value set PurposeOfUse: https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html
// TEFCA exchange purposes: RCE Exchange Purposes SOP 5.1, code system urn:oid:2.16.840.1.113883.3.7204.1.5.2.1
import { TrustError } from './errors.js';

export const ACT_REASON_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const ACT_REASON_OID = 'urn:oid:2.16.840.1.113883.5.8';
export const TEFCA_SYSTEM = 'urn:oid:2.16.840.1.113883.3.7204.1.5.2.1';

const display = {
  TREAT: 'treatment',
  ETREAT: 'emergency treatment',
  BTG: 'break the glass',
  COC: 'coordination of care',
  CLINTRL: 'clinical trial',
  HPAYMT: 'healthcare payment',
  COVERAGE: 'coverage under a policy or program',
  HOPERAT: 'healthcare operations',
  RECORDMGT: 'records management',
  HSYSADMIN: 'health system administration',
  HCOMPL: 'health compliance',
  HTEST: 'test health data',
  PUBHLTH: 'public health',
  HRESCH: 'healthcare research',
  PATRQT: 'patient requested',
  FAMRQT: 'family requested',
  PWATRNY: 'power of attorney',
  SUPNWK: 'support network',
} as const;

/** One purpose of use. There is no default, and one transaction has exactly one. */
export type Purpose = keyof typeof display;

export const purposes = Object.freeze(Object.keys(display)) as readonly Purpose[];

/** The code's own name in lower case, as HL7 displays it. */
export const purposeDisplay = (purpose: Purpose): string => display[purpose];

/**
 * TEFCA exchange purposes this exchange accepts, and the purpose each is decided under.
 *
 * Data, not an enumeration, because the published list changes with every SOP. Sub-codes that only push
 * (`T-PH-ECR`, `T-PH-ELR`) are left out: nobody may query under them.
 */
export const tefcaPurposes: ReadonlyMap<string, Purpose> = new Map<string, Purpose>([
  ['T-TRTMNT', 'TREAT'],
  ['T-TREAT', 'TREAT'],
  ['T-PYMNT', 'HPAYMT'],
  ['T-HCO', 'HOPERAT'],
  ['T-HCO-CC', 'COC'],
  ['T-HCO-HED', 'HOPERAT'],
  ['T-HCO-QAI', 'HOPERAT'],
  ['T-HCO-POP', 'HOPERAT'],
  ['T-HCO-PTSAFETY', 'HOPERAT'],
  ['T-HCO-PERF', 'HOPERAT'],
  ['T-PH', 'PUBHLTH'],
  ['T-IAS', 'PATRQT'],
  ['T-GOVDTRM', 'COVERAGE'],
  ['T-GOVDTRM-SSD', 'COVERAGE'],
  ['T-GOVDTRM-ACP', 'COVERAGE'],
]);

/** The purposes for which a patient's record may be asked for at all; each route takes its own part of these. */
export const clinicalPurposes: readonly Purpose[] = ['TREAT', 'ETREAT', 'COC'];

const known: ReadonlySet<string> = new Set(purposes);

/** Whether a bare ActReason code is one of ours. Case matters: `treat` is not a code. */
export const isPurpose = (code: unknown): code is Purpose => known.has(code as string);

/**
 * Reads one purpose in any of the forms the field uses: a bare ActReason code (`ETREAT`), `system#code` as UDAP's hl7-b2b
 * writes it, `system|code` as FHIR search writes it, or a TEFCA code with or without its system.
 *
 * Codes are matched exactly. `BTG` and `ERTREAT` are children of `ETREAT` and that of `TREAT` in the code system, but a permit
 * for treatment does not cover breaking the glass, so nothing is inherited here (IHE PCF 53.2.3.5 asks for an own provision).
 *
 * @throws TrustError `purpose-unknown` for a code from no known system, or in another case.
 */
export function parsePurpose(text: string): Purpose {
  const at = Math.max(text.lastIndexOf('#'), text.lastIndexOf('|'));
  const system = at < 0 ? undefined : text.slice(0, at);
  const code = text.slice(at + 1);
  return purposeOf(system, code);
}

/**
 * Reads the purposes of a request that may carry exactly one.
 *
 * @throws TrustError `purpose-missing` for none, `purpose-ambiguous` for two that differ, `purpose-unknown` as above.
 */
export function soleOf(texts: readonly string[]): Purpose {
  const distinct = [...new Set(texts.map(parsePurpose))];
  const [only, ...others] = distinct;
  if (only === undefined) throw new TrustError('purpose-missing', 'nothing');
  if (others.length > 0) throw new TrustError('purpose-ambiguous', 'nothing');
  return only;
}

function purposeOf(system: string | undefined, code: string): Purpose {
  if (system === undefined || system === ACT_REASON_SYSTEM || system === ACT_REASON_OID) {
    if (isPurpose(code)) return code;
  }
  if (system === undefined || system === TEFCA_SYSTEM) {
    const mapped = tefcaPurposes.get(code);
    if (mapped !== undefined) return mapped;
  }
  throw new TrustError('purpose-unknown', 'nothing');
}
