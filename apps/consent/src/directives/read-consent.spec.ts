import type { Consent } from '@medplum/fhirtypes';

import { directivesOf, readConsent } from './read-consent.js';

const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const ROLE = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const consent = (provision: Consent['provision'], over: Partial<Consent> = {}): Consent => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ code: 'patient-privacy' }] },
  category: [],
  ...(provision === undefined ? {} : { provision }),
  ...over,
});
const actor = (role: string, reference: string) => ({
  role: { coding: [{ system: ROLE, code: role }] },
  reference: { reference },
});

describe('readConsent', () => {
  it('reads an opt-out', () => {
    const read = readConsent(consent({ type: 'deny' }));
    expect(read).toEqual({ kind: 'read', isActive: true, provisions: [{ type: 'deny' }] });
    expect(directivesOf('c1', 3, 'mercy', read)[0]?.reference).toBe('Consent/c1/_history/3');
  });

  it('reads purpose, recipient, custodian, label and period', () => {
    const read = readConsent(
      consent({
        type: 'permit',
        purpose: [{ system: ACT_REASON, code: 'TREAT' }],
        actor: [actor('IRCP', 'Organization/mercy'), actor('CST', 'Organization/clinic')],
        securityLabel: [{ system: 's', code: 'HIV' }],
        period: { start: '2026-01-01T00:00:00Z' },
      }),
    );
    expect(read).toMatchObject({
      provisions: [
        {
          type: 'permit',
          purposes: ['TREAT'],
          recipients: ['mercy'],
          custodians: ['clinic'],
          labels: ['s|HIV'],
          period: { start: Date.UTC(2026, 0, 1) },
        },
      ],
    });
  });

  it('reads a nested provision as the exception', () => {
    const read = readConsent(consent({ type: 'deny', provision: [{ actor: [actor('IRCP', 'Organization/mercy')] }] }));
    expect(read).toMatchObject({ provisions: [{ type: 'deny' }, { type: 'permit', recipients: ['mercy'] }] });
  });

  it.each<[string, unknown, string]>([
    ['another resource', { resourceType: 'Patient' }, 'not-a-consent'],
    ['nothing', null, 'not-a-consent'],
    ['a draft', consent({ type: 'deny' }, { status: 'draft' }), 'status-unsupported'],
    ['research consent', consent({ type: 'deny' }, { scope: { coding: [{ code: 'research' }] } }), 'scope-unsupported'],
    ['no provision', consent(undefined), 'provision-missing'],
    ['an exception to an exception', consent({ provision: [{ provision: [{}] }] }), 'provision-too-deep'],
    ['what it does not understand', consent({ type: 'permit', class: [{ code: 'x' }] }), 'provision-unsupported'],
    ['an actor in another role', consent({ actor: [actor('WIT', 'Organization/x')] }), 'provision-unsupported'],
    ['an unknown purpose', consent({ purpose: [{ system: ACT_REASON, code: 'treat' }] }), 'purpose-unknown'],
    ['a period that is none', consent({ period: { start: 'soon' } }), 'period-invalid'],
  ])('refuses %s', (_name, resource, fault) => {
    expect(readConsent(resource)).toEqual({ kind: 'fault', fault });
  });
});
