// IHE PCF 1.1.1, Consent Basic and Intermediate: https://profiles.ihe.net/ITI/PCF/StructureDefinition-IHE.PCF.consentBasic.html
import type { Directive, Provision } from '@hie/consent-policy';
import { type Purpose, TrustError, parsePurpose } from '@hie/purpose-of-use';
import type { Consent, ConsentProvision } from '@medplum/fhirtypes';

export type ConsentFault =
  | 'not-a-consent'
  | 'status-unsupported'
  | 'scope-unsupported'
  | 'provision-missing'
  | 'provision-too-deep'
  | 'provision-unsupported'
  | 'purpose-unknown'
  | 'period-invalid';

export type ReadConsent =
  | { readonly kind: 'read'; readonly isActive: boolean; readonly provisions: readonly Provision[] }
  | { readonly kind: 'fault'; readonly fault: ConsentFault };

const PRIVACY = 'patient-privacy';

class Fault {
  constructor(readonly code: ConsentFault) {}
}

/**
 * Reads a FHIR Consent into provisions the policy engine understands.
 *
 * Nothing is read past: an element that would narrow or widen the patient's word and is not understood refuses the whole, because
 * a directive half obeyed is worse than one refused at filing. The outer provision is the rule; a nested one is its exception,
 * one level deep, and says the opposite (R4: "nested provision flips the type").
 */
export function readConsent(resource: unknown): ReadConsent {
  try {
    const consent = resource as Consent;
    if (consent?.resourceType !== 'Consent') throw new Fault('not-a-consent');
    if (consent.status !== 'active' && consent.status !== 'inactive') throw new Fault('status-unsupported');
    if (!consent.scope?.coding?.some(({ code }) => code === PRIVACY)) throw new Fault('scope-unsupported');
    const { provision } = consent;
    if (provision === undefined) throw new Fault('provision-missing');
    const type = provision.type ?? 'deny';
    const outer = readProvision(provision, type);
    const exceptions = (provision.provision ?? []).map((nested) => {
      if (nested.provision !== undefined) throw new Fault('provision-too-deep');
      return { ...outer, ...readProvision(nested, type === 'deny' ? 'permit' : 'deny') };
    });
    return { kind: 'read', isActive: consent.status === 'active', provisions: [outer, ...exceptions] };
  } catch (error) {
    if (error instanceof Fault) return { kind: 'fault', fault: error.code };
    throw error;
  }
}

/** The directives that one version of a consent stands for. */
export const directivesOf = (
  consentId: string,
  version: number,
  filedBy: string,
  read: ReadConsent,
): readonly Directive[] =>
  read.kind === 'fault'
    ? []
    : read.provisions.map((provision) => ({
        reference: `Consent/${consentId}/_history/${version}`,
        isActive: read.isActive,
        filedBy,
        provision,
      }));

function readProvision(provision: ConsentProvision, type: Provision['type']): Provision {
  const { purpose, securityLabel, actor, period } = provision;
  const unsupported = ['action', 'class', 'code', 'data', 'dataPeriod'] as const;
  if (unsupported.some((element) => provision[element] !== undefined)) throw new Fault('provision-unsupported');
  const recipients = actorsOf(actor, 'IRCP');
  const custodians = actorsOf(actor, 'CST');
  if ((actor?.length ?? 0) > recipients.length + custodians.length) throw new Fault('provision-unsupported');
  return {
    type,
    ...(purpose === undefined ? {} : { purposes: purpose.map(({ system, code }) => readPurpose(system, code)) }),
    ...(securityLabel === undefined ? {} : { labels: securityLabel.map(({ system, code }) => `${system}|${code}`) }),
    ...(recipients.length === 0 ? {} : { recipients }),
    ...(custodians.length === 0 ? {} : { custodians }),
    ...(period === undefined ? {} : { period: readPeriod(period) }),
  };
}

/** Actors are named by the member's id: `Organization/<member>`, or an identifier's value. */
function actorsOf(actor: ConsentProvision['actor'], role: string): string[] {
  return (actor ?? []).flatMap((each) => {
    if (!each.role?.coding?.some(({ code }) => code === role)) return [];
    const named = each.reference?.reference?.replace(/^Organization\//, '') ?? each.reference?.identifier?.value;
    if (named === undefined) throw new Fault('provision-unsupported');
    return [named];
  });
}

function readPurpose(system: string | undefined, code: string | undefined): Purpose {
  try {
    return parsePurpose(`${system ?? ''}|${code ?? ''}`);
  } catch (error) {
    if (error instanceof TrustError) throw new Fault('purpose-unknown');
    throw error;
  }
}

function readPeriod({ start, end }: { start?: string; end?: string }): { start?: number; end?: number } {
  const read = (text: string): number => {
    const ms = Date.parse(text);
    if (Number.isNaN(ms)) throw new Fault('period-invalid');
    return ms;
  };
  return { ...(start === undefined ? {} : { start: read(start) }), ...(end === undefined ? {} : { end: read(end) }) };
}
