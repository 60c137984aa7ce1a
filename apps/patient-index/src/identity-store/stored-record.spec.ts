import type { Demographics } from '@hie/contracts';

import { authorityOf } from './identifier-authority.js';
import { matchRecordOf, storedMatchRecord } from './stored-record.js';

const OWN = { system: 'urn:oid:2.999.1.1', value: 'M-1' };
const demographicsWith = (...identifiers: Demographics['identifiers']): Demographics => ({
  ...{ given: ['Vera'], family: ['Example'], furtherNames: [], phones: [], emails: [], addresses: [] },
  identifiers,
});

describe('authorityOf', () => {
  it.each([
    ['http://hl7.org/fhir/sid/us-ssn', 'social-security'],
    ['urn:oid:2.16.840.1.113883.4.1', 'social-security'],
    ['http://hl7.org/fhir/sid/us-mbi', 'government'],
    ['urn:oid:2.16.840.1.113883.4.3.25', 'government'],
    ['http://hl7.org/fhir/sid/passport-USA', 'government'],
    ['urn:oid:2.16.840.1.113883.4.3', 'other'],
    ['urn:oid:2.16.840.1.113883.4.3.25.1', 'other'],
    ['http://hl7.org/fhir/sid/us-npi', 'other'],
    ['urn:oid:2.999.1.1', 'other'],
    ['', 'other'],
  ])('%s is of %s', (system, authority) => {
    expect(authorityOf(system)).toBe(authority);
  });
});

describe('a record in the form of the engine', () => {
  const family = { system: OWN.system, value: 'FAMILY-7' };
  const elsewhere = { system: 'urn:oid:2.999.2.1', value: 'H-9' };
  const licence = { system: 'urn:oid:2.16.840.1.113883.4.3.25', value: 'S99941126' };
  const ssn = { system: 'http://hl7.org/fhir/sid/us-ssn', value: '219-09-9999' };
  const demographics = demographicsWith(OWN, family, elsewhere, licence, ssn);

  it('has the number it was fed under and what governments assign, and nothing else that came along', () => {
    const record = storedMatchRecord({ identifier: OWN, demographics });
    expect(record.identifiers).toEqual([OWN, licence]);
    expect(record.nationalIds).toEqual(['219-09-9999']);
  });

  it('has of a query the numbers of whoever asks', () => {
    const record = matchRecordOf(demographics, ({ system }) => system === elsewhere.system);
    expect(record.identifiers).toEqual([elsewhere, licence]);
  });
});
