// IHE PCF 1.1.1; HL7 Consent (R4) provision semantics: https://hl7.org/fhir/R4/consent.html
import type { Purpose } from '@hie/purpose-of-use';

import type { Directive, Provision } from './directive.js';
import type { Policy } from './policy.js';

export interface DisclosureRequest {
  readonly purpose: Purpose;
  /** The member that asks. */
  readonly recipient: string;
  /** ms since the epoch: a period is judged at evaluation, not at filing. */
  readonly at: number;
}

/** What is to be done. A denial says which rule, a permit what it is bound to. */
export interface Disclosure {
  readonly effect: 'permit' | 'deny';
  /** `default.<purpose>`, `directive.permit`, `directive.deny`, `directive.overridden`. */
  readonly rule: string;
  /** The directive that decided, where one did. */
  readonly consentVersion?: string;
  readonly withholdLabels: readonly string[];
  readonly mayTellWithheld: boolean;
  /** Custodians whose records the patient keeps out. */
  readonly excludeCustodians: readonly string[];
}

/**
 * Decides whether a person's records may be disclosed, to whom, for what.
 *
 * What a member has filed itself may take from it and never gives to it: a permit that the asking member has filed opens nothing that
 * would be closed without what it filed (docs/adr/0180-nobody-permits-itself.md).
 */
export function decideDisclosure(
  request: DisclosureRequest,
  policy: Policy,
  directives: readonly Directive[],
): Disclosure {
  const decided = decide(request, policy, directives);
  const others = directives.filter(({ filedBy }) => filedBy !== request.recipient);
  return others.length === directives.length ? decided : strictest(decide(request, policy, others), decided);
}

/**
 * When time alone may change what was decided: the next start or end of a period among the directives about this purpose and recipient.
 *
 * @returns ms since the epoch; `undefined` where no period begins or ends later.
 */
export function decidedUntil(request: DisclosureRequest, directives: readonly Directive[]): number | undefined {
  const later = directives
    .filter((directive) => concerns(directive, request))
    .flatMap(({ provision: { period } }) => [period?.start, period?.end])
    .filter((bound): bound is number => bound !== undefined && bound > request.at);
  return later.length === 0 ? undefined : Math.min(...later);
}

function strictest(without: Disclosure, decided: Disclosure): Disclosure {
  const withheld = new Set([...without.withholdLabels, ...decided.withholdLabels]);
  const excluded = new Set([...without.excludeCustodians, ...decided.excludeCustodians]);
  return {
    ...(without.effect === 'deny' ? without : decided),
    withholdLabels: [...withheld],
    excludeCustodians: [...excluded],
  };
}

/**
 * Of the directives that apply, the most specific decides (by the number of constraints among purpose and recipient), and of equally
 * specific ones a denial. Where none applies, the policy's default for the purpose does; a purpose the policy does not name is denied.
 * Directives about one custodian or one label do not decide the whole: denying one category still releases the rest.
 */
function decide(request: DisclosureRequest, policy: Policy, directives: readonly Directive[]): Disclosure {
  const applicable = directives.filter((directive) => applies(directive, request));
  const bound = obligations(request, policy, applicable);
  const whole = applicable.filter(({ provision }) => !provision.labels && !provision.custodians);
  const deciding = mostSpecific(whole);
  if (deciding === undefined) {
    const effect = policy.permitted.includes(request.purpose) ? 'permit' : 'deny';
    return { effect, rule: `default.${request.purpose}`, ...bound };
  }
  const consentVersion = deciding.reference;
  if (deciding.provision.type === 'permit')
    return { effect: 'permit', rule: 'directive.permit', consentVersion, ...bound };
  if (policy.overridesOptOut.includes(request.purpose)) {
    return { effect: 'permit', rule: 'directive.overridden', consentVersion, ...bound };
  }
  return { effect: 'deny', rule: 'directive.deny', consentVersion, ...bound };
}

function obligations(
  { purpose }: DisclosureRequest,
  policy: Policy,
  applicable: readonly Directive[],
): Pick<Disclosure, 'withholdLabels' | 'mayTellWithheld' | 'excludeCustodians'> {
  const opens = policy.opensSensitive.includes(purpose);
  const labels = new Set([...policy.sensitiveLabels, ...applicable.flatMap(({ provision }) => provision.labels ?? [])]);
  const withheld = [...labels].filter((label) => {
    const word = mostSpecific(applicable.filter(({ provision }) => provision.labels?.includes(label)));
    if (word !== undefined && !opens) return word.provision.type === 'deny';
    return policy.sensitiveLabels.includes(label) && !opens;
  });
  const custodians = new Set(
    applicable.flatMap(({ provision }) => (provision.labels ? [] : (provision.custodians ?? []))),
  );
  const excluded = [...custodians].filter((custodian) => {
    const word = mostSpecific(
      applicable.filter(({ provision }) => !provision.labels && provision.custodians?.includes(custodian)),
    );
    return word?.provision.type === 'deny' && !policy.overridesOptOut.includes(purpose);
  });
  return { withholdLabels: withheld, mayTellWithheld: policy.mayTellWithheld, excludeCustodians: excluded };
}

/** Whether a directive is about this purpose and recipient, at whatever time. */
function concerns({ isActive, provision }: Directive, { purpose, recipient }: DisclosureRequest): boolean {
  const { purposes, recipients } = provision;
  return (
    isActive &&
    (purposes === undefined || purposes.includes(purpose)) &&
    (recipients === undefined || recipients.includes(recipient))
  );
}

function applies(directive: Directive, request: DisclosureRequest): boolean {
  const { period } = directive.provision;
  const { at } = request;
  return (
    concerns(directive, request) &&
    (period?.start === undefined || at >= period.start) &&
    (period?.end === undefined || at < period.end)
  );
}

function mostSpecific(directives: readonly Directive[]): Directive | undefined {
  return directives.reduce<Directive | undefined>((best, next) => {
    if (best === undefined) return next;
    const difference = specificity(next.provision) - specificity(best.provision);
    if (difference !== 0) return difference > 0 ? next : best;
    return best.provision.type === 'deny' ? best : next;
  }, undefined);
}

const specificity = ({ purposes, recipients }: Provision): number =>
  (purposes === undefined ? 0 : 1) + (recipients === undefined ? 0 : 1);
