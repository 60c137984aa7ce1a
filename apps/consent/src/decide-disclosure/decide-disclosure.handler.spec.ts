import type { Directive } from '@hie/consent-policy';
import type { PatientIdentified } from '@hie/contracts';
import type { TransactionClaims } from '@hie/purpose-of-use';

import type { DirectiveTable } from '../directives/directive-table.js';
import { DecideDisclosureHandler } from './decide-disclosure.handler.js';

const personId = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const former = '1b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const at = 1_790_000_000_000;
const claims = { tctx: { purp: 'ETREAT', org: 'mercy' } } as TransactionClaims;
const certain: PatientIdentified['identity'] = { outcome: 'certain', personId, formerPersonIds: [former] };
const identified = (over: Partial<PatientIdentified>): PatientIdentified => ({
  txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
  query: '{}',
  identity: certain,
  candidates: [],
  ...over,
});
const optOut: Directive = { reference: 'Consent/c/_history/1', isActive: true, provision: { type: 'deny' } };

const setup = (words: Record<string, readonly Directive[]> = {}) => {
  const table = {
    of: (ids: readonly string[]) => ids.flatMap((id) => words[id] ?? []),
    epochOf: (id: string) => words[id]?.length ?? 0,
  };
  return new DecideDisclosureHandler(table as unknown as DirectiveTable);
};
const decided = (words: Parameters<typeof setup>[0], body: PatientIdentified) => {
  const { emit, audit } = setup(words).handle(body, claims, at);
  return {
    body: emit[0]?.body as { decision: { effect: string }; candidates: unknown[] },
    signed: emit[0]?.decision,
    audit,
  };
};

describe(DecideDisclosureHandler.name, () => {
  it('permits emergency treatment where the patient has said nothing, and says by which rule', () => {
    const { body, signed, audit } = decided({}, identified({}));
    expect(body.decision).toMatchObject({ effect: 'permit', rule: 'default.ETREAT' });
    expect(signed).toBe('permit');
    expect(audit).toEqual([expect.objectContaining({ outcome: 'success', reason: 'default.ETREAT', personId })]);
  });

  it('denies on an opt-out filed before a merge, and names the version', () => {
    const { body, audit } = decided({ [former]: [optOut] }, identified({}));
    expect(body.decision.effect).toBe('deny');
    expect(audit[0]).toMatchObject({ outcome: 'denied', details: { consentVersion: optOut.reference } });
  });

  it('says under which epochs of whose consents it was made, and until when it holds by itself', () => {
    const ending: Directive = { ...optOut, provision: { type: 'deny', period: { end: at + 5 } } };
    const { body } = decided({ [former]: [optOut, ending] }, identified({ candidates: [] }));
    expect(body.decision).toMatchObject({
      basis: { consentEpochs: { [personId]: 0, [former]: 2 }, until: at + 5 },
    });
    expect(decided({}, identified({})).body.decision).toMatchObject({
      basis: { consentEpochs: { [personId]: 0, [former]: 0 } },
    });
  });

  it.each(['none', 'ambiguous'] as const)('denies when the patient is %s, and asks nobody’s word', (outcome) => {
    const { body, audit } = decided({ [personId]: [optOut] }, identified({ identity: { outcome } }));
    expect(body.decision).toMatchObject({ effect: 'deny', rule: 'no-certain-patient' });
    expect(audit[0]).not.toHaveProperty('personId');
  });

  it('opens an opted-out record to a broken glass with a case, and nothing to one without', () => {
    const btg = { tctx: { purp: 'BTG', org: 'mercy' } } as TransactionClaims;
    const candidates = [{ personId, probability: 0.9, grade: 'probable' as const }];
    const handler = setup({ [personId]: [optOut] });
    const body = identified({ candidates });
    const decidedFor = (isReasonMissing: boolean) => handler.handle(body, btg, at, isReasonMissing);
    expect(decidedFor(false).emit[0]?.body).toMatchObject({
      decision: { effect: 'permit', rule: 'directive.overridden', consentVersion: optOut.reference },
      candidates,
    });
    expect(decidedFor(true).emit[0]?.body).toMatchObject({
      decision: { effect: 'deny', rule: 'break-glass.no-case' },
      candidates: [],
    });
    expect(decidedFor(true).audit[0]).toMatchObject({ outcome: 'denied', reason: 'break-glass.no-case' });
  });

  it('hides a candidate who has opted out', () => {
    const candidates = [{ personId, probability: 0.9, grade: 'probable' as const }];
    expect(decided({ [personId]: [optOut] }, identified({ candidates })).body.candidates).toEqual([]);
    expect(decided({}, identified({ candidates })).body.candidates).toHaveLength(1);
  });
});
