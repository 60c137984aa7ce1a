import { PurposeRefused, requestedPurpose } from './requested-purpose.js';

const registered = ['TREAT', 'ETREAT'];
const b2b = (over: object = {}) => ({
  extensions: { 'hl7-b2b': { version: '1', organization_id: 'urn:oid:1', purpose_of_use: ['TREAT'], ...over } },
});

const iua = (over: object = {}) => ({
  extensions: {
    ihe_iua: {
      subject_organization_id: 'urn:oid:1',
      purpose_of_use: [actReason('ETREAT')],
      person_id: 'dr-8',
      ...over,
    },
  },
});
const actReason = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code });

function outcome(assertion: object, parameter?: string): string {
  try {
    return requestedPurpose({ assertion, parameter, organizationId: 'urn:oid:1', registered }).purpose;
  } catch (error) {
    if (error instanceof PurposeRefused) return error.code;
    throw error;
  }
}

describe('requestedPurpose', () => {
  it('reads the extension, and who acts', () => {
    const granted = requestedPurpose({
      assertion: b2b({ purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#ETREAT'], subject_id: 'dr-7' }),
      parameter: undefined,
      organizationId: 'urn:oid:1',
      registered,
    });
    expect(granted).toEqual({ purpose: 'ETREAT', user: 'dr-7' });
  });

  it.each<[string, object, string | undefined, string]>([
    ['the form parameter alone', {}, 'ETREAT', 'ETREAT'],
    ['both, when they agree', b2b(), 'T-TRTMNT', 'TREAT'],
    ['none: there is no default', {}, undefined, 'purpose-missing'],
    ['an empty parameter', {}, '', 'purpose-unknown'],
    ['two that differ', b2b(), 'ETREAT', 'purpose-ambiguous'],
    ['an unknown one', {}, 'treatment', 'purpose-unknown'],
    ['one it is not registered for', {}, 'HPAYMT', 'purpose-not-granted'],
    ['breaking the glass on a registration for treatment', {}, 'BTG', 'purpose-not-granted'],
    ['another organisation’s id', b2b({ organization_id: 'urn:oid:2' }), undefined, 'organization-mismatch'],
    ['IHE’s extension', iua(), undefined, 'ETREAT'],
    ['IHE’s extension and a parameter that differs', iua(), 'TREAT', 'purpose-ambiguous'],
    [
      'both extensions, which differ',
      { extensions: { ...iua().extensions, ...b2b().extensions } },
      undefined,
      'purpose-ambiguous',
    ],
    [
      'another organisation’s id in IHE’s',
      iua({ subject_organization_id: 'urn:oid:2' }),
      undefined,
      'organization-mismatch',
    ],
    [
      'a code of another system in IHE’s',
      iua({ purpose_of_use: [{ system: 'http://snomed.info/sct', code: 'TREAT' }] }),
      undefined,
      'purpose-unknown',
    ],
    ['IHE’s extension without a purpose', iua({ purpose_of_use: [] }), undefined, 'purpose-unknown'],
    ['an extension that is none', { extensions: { 'hl7-b2b': 'TREAT' } }, undefined, 'purpose-unknown'],
  ])('%s', (_name, assertion, parameter, expected) => {
    expect(outcome(assertion, parameter)).toBe(expected);
  });
});
