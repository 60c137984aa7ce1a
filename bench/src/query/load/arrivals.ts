import type { JsonWebKey } from 'node:crypto';

import type { SimulatedHospital } from '@hie/local-exchange';
import { population } from '@hie/population';

/** Who asks: a member's EMR. */
export interface ClientCredentials {
  readonly id: string;
  readonly privateJwk: JsonWebKey;
  readonly organizationId: string;
}

/** A patient who arrives at one hospital, and which others know the same person. */
export interface Arrival {
  /** Position of the hospital. */
  readonly at: number;
  readonly patient: object;
  readonly knownAt: readonly number[];
}

export interface ArrivalOptions {
  readonly seed: number;
  readonly people: number;
  readonly hospitals: readonly SimulatedHospital[];
  readonly limit: number;
  /** Only people whom all of these know, arriving elsewhere. */
  readonly knownAt?: readonly number[];
}

/** Patients spread over the population, each known to two hospitals or more and arriving at one of them. */
export function chooseArrivals({ seed, people, hospitals, limit, knownAt = [] }: ArrivalOptions): readonly Arrival[] {
  const generated = population({ seed, people, hospitals });
  const chosen: Arrival[] = [];
  const step = 7919; // Prime: every index once, in no order that neighbourhoods share.
  for (let n = 0; n < people && chosen.length < limit; n += 1) {
    const registrations = generated.registrations((n * step) % people);
    const places = [...new Set(registrations.map(({ hospital }) => hospital))];
    const arrival = registrations.find(({ hospital, asNewborn }) => !knownAt.includes(hospital) && !asNewborn);
    if (arrival === undefined || places.length < 2 || !knownAt.every((one) => places.includes(one))) continue;
    chosen.push({ at: arrival.hospital, patient: generated.patient(arrival), knownAt: places });
  }
  return chosen;
}

/** The hospitals that know the most people together, so that faults at both are met by many. */
export function mostSharedPair(
  seed: number,
  people: number,
  hospitals: readonly SimulatedHospital[],
): readonly [number, number] {
  const generated = population({ seed, people, hospitals });
  const shared = new Map<string, number>();
  for (let index = 0; index < people; index += 1) {
    const places = [...new Set(generated.registrations(index).map(({ hospital }) => hospital))].sort((a, b) => a - b);
    // The person must arrive somewhere else.
    if (places.length < 3) continue;
    places.forEach((a, at) => {
      for (const b of places.slice(at + 1)) shared.set(`${a} ${b}`, (shared.get(`${a} ${b}`) ?? 0) + 1);
    });
  }
  const [best] = [...shared].sort(([, a], [, b]) => b - a);
  const [a, b] = (best?.[0] ?? '').split(' ').map(Number);
  if (a === undefined || b === undefined)
    throw new RangeError('No two hospitals share a person who is known elsewhere.');
  return [a, b];
}
