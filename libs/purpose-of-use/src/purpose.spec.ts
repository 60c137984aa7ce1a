import fc from 'fast-check';

import { TrustError } from './errors.js';
import { isPurpose, parsePurpose, purposes, soleOf } from './purpose.js';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('parsePurpose', () => {
  it.each([
    ['ETREAT', 'ETREAT'],
    ['urn:oid:2.16.840.1.113883.5.8#TREAT', 'TREAT'],
    ['http://terminology.hl7.org/CodeSystem/v3-ActReason|HPAYMT', 'HPAYMT'],
    ['T-TRTMNT', 'TREAT'],
    ['T-PYMNT', 'HPAYMT'],
    ['T-HCO', 'HOPERAT'],
    ['T-PH', 'PUBHLTH'],
    ['T-IAS', 'PATRQT'],
    ['urn:oid:2.16.840.1.113883.3.7204.1.5.2.1#T-GOVDTRM', 'COVERAGE'],
  ])('reads %s as %s', (text, purpose) => {
    expect(parsePurpose(text)).toBe(purpose);
  });

  it.each([
    '',
    'treat',
    'Treat',
    ' TREAT',
    'TREATMENT',
    'T-PH-ECR',
    '__proto__',
    'constructor',
    'urn:oid:1.2.3#TREAT',
    'urn:oid:2.16.840.1.113883.5.8#T-TRTMNT',
    'urn:oid:2.16.840.1.113883.3.7204.1.5.2.1#TREAT',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parsePurpose(text))).toBe('purpose-unknown');
  });

  it('accepts no string that is not in the vocabulary', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!isPurpose(text) && !text.includes('T-'));
        expect(codeOf(() => parsePurpose(text))).toBe('purpose-unknown');
      }),
    );
  });

  it('reads each code of the vocabulary as itself', () => {
    expect(purposes.map(parsePurpose)).toEqual(purposes);
  });
});

describe('soleOf', () => {
  it('has no default', () => {
    expect(codeOf(() => soleOf([]))).toBe('purpose-missing');
  });

  it('refuses two purposes in one transaction', () => {
    expect(codeOf(() => soleOf(['TREAT', 'HPAYMT']))).toBe('purpose-ambiguous');
  });

  it('does not let treatment stand for breaking the glass', () => {
    expect(codeOf(() => soleOf(['TREAT', 'BTG']))).toBe('purpose-ambiguous');
  });

  it('takes one purpose said twice in two vocabularies as one', () => {
    expect(soleOf(['TREAT', 'T-TRTMNT'])).toBe('TREAT');
  });
});
