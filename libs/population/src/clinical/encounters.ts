import { type Day, ageInYears } from '../calendar.js';
import { type Person } from '../people/person.js';
import { type Random, between, chance, decisionKey, fraction, pick, randomFor, sometimes } from '../random/random.js';
import { type Registration } from '../registration/registration.js';
import {
  ADULT_VACCINES,
  BODY_WEIGHT,
  CHILD_VACCINES,
  DIASTOLIC,
  HEART_RATE,
  type Measurement,
  PANELS,
  SYSTOLIC,
} from './care.js';
import { type Fact, type MeasurementFact } from './fact.js';
import { dayAt } from './history.js';

const CARE = decisionKey('care');

/** What one place has seen of a person besides the lasting facts: encounters with vital signs, laboratory reports, vaccines, notes. */
export function writeCare(
  seed: number,
  person: Person,
  where: Registration,
  asOf: Day,
  note: (fact: Fact) => void,
): void {
  const random = randomFor(seed, CARE, person.index, where.hospital * 2 + where.ordinal);
  const last = person.deathDay ?? asOf;
  const age = ageInYears(person.birthDay, last);
  const encounters = where.ordinal === 1 ? 1 : between(random, 1, 3);
  for (let i = 0; i < encounters; i += 1) {
    const on = dayAt(random, where, last);
    const type = pick(random, ['visit', 'visit', 'visit', 'emergency', 'admission'] as const);
    const days = type === 'admission' ? between(random, 1, 6) : 0;
    note({ kind: 'encounter', type, days, on });
    sometimes(random, 0.5, (own) => vitalSigns(own, on, age).forEach(note));
    sometimes(random, age >= 18 ? 0.35 : 0.1, (own) => {
      const panel = pick(own, PANELS);
      const results = panel.results.map((measurement) => measured(own, measurement, 'laboratory', on));
      results.forEach(note);
      note({ kind: 'report', concept: panel.report, results, on });
    });
    if (type === 'admission')
      note({
        kind: 'document',
        type: 'discharge summary',
        text: 'Admitted and discharged home in stable condition.',
        on,
      });
    else
      sometimes(random, 0.3, () =>
        note({
          kind: 'document',
          type: 'progress note',
          text: 'Seen and examined. Plan discussed with the patient.',
          on,
        }),
      );
  }
  for (const vaccine of age < 18 ? CHILD_VACCINES : ADULT_VACCINES) {
    sometimes(random, 0.3, (own) => note({ kind: 'immunization', vaccine, on: dayAt(own, where, last) }));
  }
}

/** A value in the range that the measurement is usually found in; a quarter of them a little outside. */
export function measured(
  random: Random,
  measurement: Measurement,
  category: MeasurementFact['category'],
  on: string,
): MeasurementFact {
  const width = measurement.high - measurement.low;
  const stray = chance(random, 0.25) ? (fraction(random) - 0.5) * width * 0.6 : 0;
  const value = Number((measurement.low + fraction(random) * width + stray).toFixed(measurement.decimals));
  return { kind: 'measurement', category, measurement, value: Math.max(0, value), on };
}

function vitalSigns(random: Random, on: string, age: number): readonly MeasurementFact[] {
  const heartRate = measured(random, HEART_RATE, 'vital-signs', on);
  if (age < 18) return [heartRate];
  const systolic = measured(random, SYSTOLIC, 'vital-signs', on);
  const second = measured(random, DIASTOLIC, 'vital-signs', on);
  return [
    heartRate,
    measured(random, BODY_WEIGHT, 'vital-signs', on),
    { ...systolic, second: { measurement: DIASTOLIC, value: second.value } },
  ];
}
