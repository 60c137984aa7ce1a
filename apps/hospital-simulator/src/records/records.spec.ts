import { population } from '@hie/population';

import { chartPool, ofType } from './chart-cache.js';
import { generatedRecords } from './generated-records.js';
import { patientIndex } from './patient-index.js';

const region = population({ seed: 2, people: 300, hospitals: 4 });
const records = generatedRecords(region)[0]!;
const ids = [...records.patientIds()];

describe('generated records', () => {
  it('are the hospital’s registrations, each with patient and chart under its local number', () => {
    const registrations = [...region.registrationsOf(0)];
    expect(ids).toEqual(registrations.map(region.mrn));
    expect(records.patientCount).toBe(ids.length);
    expect(records.patient(ids[0]!)).toEqual(region.patient(registrations[0]!));
    expect(records.chart('99999999')).toBeUndefined();
  });

  it('know whose chart a resource is in by its id', () => {
    const owner = ids.find((id) => records.chart(id)!.length > 0)!;
    for (const { resourceType, id } of records.chart(owner)!) expect(records.patientOf(resourceType, id!)).toBe(owner);
    expect(records.patientOf('Patient', 'x')).toBeUndefined();
  });
});

describe('the chart cache', () => {
  it('gives the same bytes as the resource, in an entry that is JSON', () => {
    const cache = chartPool(10_000_000).cacheFor(records, 'https://h/fhir');
    for (const id of ids.slice(0, 40)) {
      const chart = cache.chart(id)!;
      for (const resource of records.chart(id)!) {
        const stored = ofType(chart, resource.resourceType).find((one) => one.id === resource.id)!;
        expect(JSON.parse(stored.bytes.toString())).toEqual(JSON.parse(JSON.stringify(resource)));
        expect(JSON.parse(stored.entry.toString())).toMatchObject({
          fullUrl: `https://h/fhir/${resource.resourceType}/${resource.id}`,
        });
      }
    }
  });

  it('stays within its bound, and drops what was asked longest ago', () => {
    const whole = chartPool(1e9).cacheFor(records, 'https://h/fhir');
    const sizes = ids.slice(0, 60).map((id) => whole.chart(id)!.sizeBytes);
    const limit = sizes.slice(0, 20).reduce((sum, size) => sum + size, 0);
    const pool = chartPool(limit);
    const cache = pool.cacheFor(records, 'https://h/fhir');
    for (const id of ids.slice(0, 60)) {
      cache.chart(ids[0]!);
      cache.chart(id);
      expect(pool.sizeBytes()).toBeLessThanOrEqual(Math.max(limit, ...sizes));
    }
    const first = cache.chart(ids[0]!);
    expect(cache.chart(ids[0]!)).toBe(first);
    // Another member's chart of the same number is another chart.
    expect(pool.cacheFor(records, 'https://other/fhir').chart(ids[0]!)).not.toBe(first);
  });
});

describe('the patient index', () => {
  it('finds by prefix what going through everybody finds', () => {
    const index = patientIndex(records);
    const rows = [...records.columns()];
    for (const prefix of ['s', 'Mc', 'jo', 'zz']) {
      const expected = rows.filter(({ family }) =>
        family
          .toLowerCase()
          .split(/[ -]/)
          .some((word) => word.startsWith(prefix.toLowerCase())),
      );
      expect(new Set(index.startingWith('family', prefix))).toEqual(new Set(expected.map(({ id }) => id)));
    }
    const [one] = rows;
    expect(index.startingWith('birthDate', one!.birthDate)).toContain(one!.id);
    expect(index.containing('given', one!.given.slice(1))).toContain(one!.id);
  });
});
