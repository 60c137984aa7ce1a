// 45 CFR 164.528(a)(1): https://www.ecfr.gov/current/title-45/section-164.528
import { type Purpose, isPurpose } from '@hie/purpose-of-use';

/** Whether the rule gives the individual a right to hear of a disclosure. */
export type AccountingStanding =
  | { readonly kind: 'accountable' }
  /** The rule leaves it out of an accounting; it is shown all the same to whoever asks for everything. */
  | { readonly kind: 'exempt'; readonly paragraph: string; readonly because: string };

const CARRY_OUT = '164.528(a)(1)(i)';
const exempt = (paragraph: string, because: string): AccountingStanding => ({ kind: 'exempt', paragraph, because });

const exemptions: Partial<Record<Purpose, AccountingStanding>> = {
  TREAT: exempt(CARRY_OUT, 'treatment'),
  ETREAT: exempt(CARRY_OUT, 'treatment'),
  BTG: exempt(CARRY_OUT, 'treatment'),
  COC: exempt(CARRY_OUT, 'treatment'),
  HPAYMT: exempt(CARRY_OUT, 'payment'),
  HOPERAT: exempt(CARRY_OUT, 'health care operations'),
  PATRQT: exempt('164.528(a)(1)(ii)', 'to the individual'),
};

/**
 * Where a disclosure for a purpose stands under the accounting of disclosures.
 *
 * Exempt is what is disclosed to carry out treatment, payment and health care operations, and to the individual. Everything else counts:
 * public health, research, a determination of coverage, family. So does what this rule can't judge (no purpose, a purpose that is none of
 * v3-ActReason, a person's representative): an accounting that says too much harms nobody, one that says too little breaks the rule.
 * Not looked at are the exemptions that no purpose of use tells of: by the individual's authorization, national security, custody, limited
 * data sets. What a covered entity must do with the result is its own to judge.
 */
export function accountingStanding(purpose: string | undefined): AccountingStanding {
  return (isPurpose(purpose) ? exemptions[purpose] : undefined) ?? { kind: 'accountable' };
}
