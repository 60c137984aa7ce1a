import type { Purpose } from '@hie/purpose-of-use';

/** What holds where a patient has said nothing. */
export interface Policy {
  readonly version: string;
  /** Purposes for which a record may be disclosed without the patient's word; every other purpose is denied. */
  readonly permitted: readonly Purpose[];
  /** Purposes that an opt-out does not stop. Breaking the glass is one: it is permitted, told to the patient, and reviewed. */
  readonly overridesOptOut: readonly Purpose[];
  /** Labels whose resources are withheld unless the patient permits them. */
  readonly sensitiveLabels: readonly string[];
  /** Purposes that open sensitive labels too. */
  readonly opensSensitive: readonly Purpose[];
  /** Whether an answer may say that something was withheld. */
  readonly mayTellWithheld: boolean;
}

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/**
 * The exchange's policy until its members agree on another: treatment, emergency treatment and coordination of care are permitted by
 * default; payment, operations, research and all else need the patient's word. Substance use (42 CFR Part 2), HIV and psychiatry are
 * withheld unless the patient permits them or the glass is broken.
 */
export const defaultPolicy: Policy = {
  version: 'default-1',
  permitted: ['TREAT', 'ETREAT', 'COC', 'BTG', 'PATRQT'],
  overridesOptOut: ['BTG', 'PATRQT'],
  sensitiveLabels: ['ETH', 'ETHUD', 'OPIOIDUD', 'HIV', 'PSY', 'SDV'].map((code) => `${ACT_CODE}|${code}`),
  opensSensitive: ['BTG', 'PATRQT'],
  mayTellWithheld: false,
};
