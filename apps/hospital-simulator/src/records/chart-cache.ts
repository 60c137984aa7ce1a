import { type Resource } from '@medplum/fhirtypes';

import { type Facets, facetsOf } from '../search/search-parameters.js';
import { type MemberRecords } from './member-records.js';

/** A resource in the bytes that go out, with what searches look at. */
export interface StoredResource {
  readonly type: string;
  readonly id: string;
  /** The entry of a searchset: `{"fullUrl":…,"resource":…,"search":{"mode":"match"}}`. */
  readonly entry: Buffer;
  /** The resource alone, a part of `entry`. */
  readonly bytes: Buffer;
  /** See {@link facetsSeen}. */
  facets: Facets | undefined;
}

/** A patient with the chart. */
export interface StoredChart {
  readonly patient: StoredResource;
  readonly byType: ReadonlyMap<string, readonly StoredResource[]>;
  readonly sizeBytes: number;
}

/** Charts by patient id. */
export interface ChartCache {
  readonly chart: (patientId: string) => StoredChart | undefined;
  /** The Patient alone: from the chart if it is kept, else made without keeping anything. */
  readonly patient: (patientId: string) => StoredResource | undefined;
}

const EMPTY: readonly StoredResource[] = [];
// What a stored resource takes beside its bytes, half of them with facets: measured over 2,000 charts.
const OVERHEAD_BYTES = 700;

/** The resources of one type; none where the chart has none. */
export function ofType(chart: StoredChart, type: string): readonly StoredResource[] {
  return type === 'Patient' ? [chart.patient] : (chart.byType.get(type) ?? EMPTY);
}

/** Gives each member its cache; the bound is for all of them together, so that who is asked more keeps more. */
export interface ChartPool {
  readonly cacheFor: (records: MemberRecords, fhirUrl: string) => ChartCache;
  readonly sizeBytes: () => number;
}

/**
 * Keeps charts as serialized bytes, the most recently asked, up to a bound.
 *
 * A chart costs a fraction of a millisecond to make and serialize, and microseconds to answer from: a repeated query is nearly free, and
 * memory is what the bound says, whatever the size of the population.
 */
export function chartPool(limitBytes: number): ChartPool {
  const charts = new Map<string, StoredChart>();
  let sizeBytes = 0;
  let caches = 0;

  const remember = (key: string, chart: StoredChart): StoredChart => {
    charts.set(key, chart);
    sizeBytes += chart.sizeBytes;
    for (const [oldest, { sizeBytes: size }] of charts) {
      if (sizeBytes <= limitBytes || charts.size === 1) break;
      charts.delete(oldest);
      sizeBytes -= size;
    }
    return chart;
  };

  return {
    sizeBytes: () => sizeBytes,
    cacheFor: (records, fhirUrl) => {
      const prefix = `${(caches += 1)}/`;
      return {
        chart: (patientId) => {
          const key = prefix + patientId;
          const known = charts.get(key);
          if (known === undefined) {
            const made = stored(records, fhirUrl, patientId);
            return made && remember(key, made);
          }
          charts.delete(key);
          charts.set(key, known);
          return known;
        },
        patient: (patientId) => {
          const known = charts.get(prefix + patientId)?.patient;
          const patient = known ? undefined : records.patient(patientId);
          return known ?? (patient && storedResource(patient, fhirUrl));
        },
      };
    },
  };
}

function stored(records: MemberRecords, fhirUrl: string, patientId: string): StoredChart | undefined {
  const patient = records.patient(patientId);
  const chart = records.chart(patientId);
  if (patient === undefined || chart === undefined) return undefined;
  const resources = chart.map((resource) => storedResource(resource, fhirUrl));
  const asStored = storedResource(patient, fhirUrl);
  const byType = Map.groupBy(resources, ({ type }) => type);
  const sizeBytes = [asStored, ...resources].reduce((sum, { entry }) => sum + entry.length + OVERHEAD_BYTES, 0);
  return { patient: asStored, byType, sizeBytes };
}

/** A resource in the bytes of a searchset entry. */
export function storedResource(resource: Resource, fhirUrl: string): StoredResource {
  const { resourceType: type, id = '' } = resource;
  const head = `{"fullUrl":"${fhirUrl}/${type}/${id}","resource":`;
  const entry = Buffer.from(`${head}${JSON.stringify(resource)},"search":{"mode":"match"}}`);
  const bytes = entry.subarray(Buffer.byteLength(head), entry.length - ',"search":{"mode":"match"}}'.length);
  return { type, id, entry, bytes, facets: undefined };
}

/**
 * What searches look at in a resource. Read from the bytes when first needed and kept with the resource: most searches name a patient
 * and no more, and most resources are never looked into.
 */
export function facetsSeen(resource: StoredResource): Facets {
  return (resource.facets ??= facetsOf(JSON.parse(resource.bytes.toString()) as Resource));
}
