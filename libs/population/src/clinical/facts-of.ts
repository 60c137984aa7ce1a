import { type Day } from '../calendar.js';
import { type Person } from '../people/person.js';
import { type Registration } from '../registration/registration.js';
import { writeCare } from './encounters.js';
import { type Fact } from './fact.js';
import { writeHistory } from './history.js';

/** Everything that one registration's record holds, in the order in which FHIR ids are given out. */
export function factsOf(
  seed: number,
  person: Person,
  where: Registration,
  places: readonly Registration[],
  asOf: Day,
): readonly Fact[] {
  const facts: Fact[] = [];
  const isHere = (other: Registration): boolean => other.hospital === where.hospital && other.ordinal === where.ordinal;
  writeCare(seed, person, where, asOf, (fact) => facts.push(fact));
  writeHistory(seed, person, places, asOf, (place, fact) => {
    if (isHere(place)) facts.push(fact);
  });
  return facts;
}
