import { type Resource } from '@medplum/fhirtypes';

import { population } from '../index.js';

const region = population({ seed: 5, people: 400, hospitals: 4 });
const registrations = [...region.registrationsOf(1)];
const charts = registrations.map((registration) => region.chart(registration));
const references = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference ?? '');

describe('charts', () => {
  it('are the same bytes when asked again', () => {
    expect(JSON.stringify(registrations.map((registration) => region.chart(registration)))).toBe(
      JSON.stringify(charts),
    );
  });

  it('give no two resources of a hospital one id', () => {
    const ids = charts.flat().map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refer only to what the hospital has, and to the patient they are about', () => {
    const shared = region.hospitalResources(1).map(({ resourceType, id }) => `${resourceType}/${id}`);
    registrations.forEach((registration, i) => {
      const own = (charts[i] ?? []).map(({ resourceType, id }) => `${resourceType}/${id}`);
      const known = new Set([...shared, ...own, `Patient/${region.mrn(registration)}`]);
      expect(references(charts[i]).filter((reference) => !known.has(reference))).toEqual([]);
    });
  });

  it('label everything as test data, with exactly one confidentiality', () => {
    const labels = (resource: Resource): string[] => resource.meta?.security?.map(({ code }) => code ?? '') ?? [];
    for (const resource of [...charts.flat(), ...registrations.map(region.patient)]) {
      expect(labels(resource)).toContain('HTEST');
      expect(labels(resource).filter((code) => code === 'N' || code === 'R')).toHaveLength(1);
    }
  });

  it('hold every type that a member serves', () => {
    const types = new Set(
      Array.from({ length: 4 }, (_, hospital) => [...region.registrationsOf(hospital)].map(region.chart))
        .flat(2)
        .map(({ resourceType }) => resourceType),
    );
    expect([...types].sort()).toEqual([
      'AllergyIntolerance',
      'Binary',
      'Condition',
      'Consent',
      'Device',
      'DiagnosticReport',
      'DocumentReference',
      'Encounter',
      'Immunization',
      'MedicationRequest',
      'MedicationStatement',
      'Observation',
      'Procedure',
    ]);
  });

  it('record nothing before the registration or after the day of the population', () => {
    const outside = registrations.flatMap((registration, i) => {
      const earliest = new Date(registration.registeredOn * 86_400_000).toISOString().slice(0, 10);
      return (charts[i] ?? []).filter(({ meta }) => {
        const on = meta?.lastUpdated?.slice(0, 10) ?? '';
        return registration.person >= 20 && (on < earliest || on > '2026-06-30');
      });
    });
    expect(outside).toEqual([]);
  });
});
