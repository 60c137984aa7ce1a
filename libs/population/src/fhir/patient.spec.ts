import { population } from '../index.js';

const region = population({ seed: 5, people: 600, hospitals: 4 });
const rows = [...region.registrationsOf(2)].map((registration) => ({
  recorded: region.recorded(registration),
  mrn: region.mrn(registration),
  patient: region.patient(registration),
}));

describe('a Patient resource', () => {
  it('says what is recorded, under the hospital’s own number', () => {
    for (const { recorded, mrn, patient } of rows) {
      expect(patient.identifier?.[0]).toMatchObject({ system: 'urn:oid:2.16.840.1.113883.19.5.3', value: mrn });
      expect(patient.name?.[0]?.family ?? '').toBe(recorded.family);
      expect((patient.name?.[0]?.given ?? []).join(' ')).toBe(
        [recorded.given, recorded.middle].filter((name) => name !== '').join(' '),
      );
      expect(patient.birthDate ?? '').toBe(recorded.birthDate);
      expect(patient.address?.[0]?.postalCode ?? '').toBe(recorded.postalCode);
    }
  });

  it('carries the last four digits as a masked SSN, and no identifier that two people could share but that', () => {
    for (const { recorded, patient } of rows) {
      const others = patient.identifier?.slice(1) ?? [];
      const masked = { system: 'http://hl7.org/fhir/sid/us-ssn', value: `xxx-xx-${recorded.ssnLast4}` };
      expect(others).toEqual(recorded.ssnLast4 === '' ? [] : [expect.objectContaining(masked)]);
    }
  });

  it('has no empty text anywhere: what is not recorded is not there', () => {
    expect(rows.filter(({ patient }) => /:""|\[\]|\{\}/.test(JSON.stringify(patient)))).toEqual([]);
  });
});
