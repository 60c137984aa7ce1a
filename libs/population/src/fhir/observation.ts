import { type DiagnosticReport, type Observation, type Quantity } from '@medplum/fhirtypes';

import { type Measurement } from '../clinical/care.js';
import { SYSTEMS, concept, loinc } from '../clinical/concept.js';
import { type MeasurementFact, type ReportFact } from '../clinical/fact.js';
import { type ChartContext, codeable, coded, metaOf } from './context.js';

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
const BLOOD_PRESSURE = concept([loinc('85354-9', 'Blood pressure panel with all children optional')]);
const VITAL_SIGN_PROFILES: Readonly<Record<string, string>> = {
  '8867-4': 'us-core-heart-rate',
  '29463-7': 'us-core-body-weight',
  '8480-6': 'us-core-blood-pressure',
};

/** US Core 6.1.0 laboratory result or vital sign; a blood pressure is one Observation with two components. */
export function observation(fact: MeasurementFact, context: ChartContext, n: number): Observation {
  const { measurement, category, second } = fact;
  const isLab = category === 'laboratory';
  const profile = isLab ? 'us-core-observation-lab' : VITAL_SIGN_PROFILES[measurement.concept.codes[0]?.code ?? ''];
  const value = { valueQuantity: quantity(measurement, fact.value) };
  return {
    resourceType: 'Observation',
    id: context.id(n),
    meta: metaOf(profile, fact.on, fact.sensitivity),
    status: 'final',
    category: [coded(CATEGORY, category, isLab ? 'Laboratory' : 'Vital Signs')],
    code: codeable(second ? BLOOD_PRESSURE : measurement.concept),
    subject: { reference: `Patient/${context.patientId}` },
    effectiveDateTime: fact.on,
    ...(second
      ? {
          component: [
            { code: codeable(measurement.concept), ...value },
            { code: codeable(second.measurement.concept), valueQuantity: quantity(second.measurement, second.value) },
          ],
        }
      : value),
    ...(isLab ? { interpretation: [interpretation(measurement, fact.value)] } : {}),
    ...(isLab
      ? {
          referenceRange: [
            { low: quantity(measurement, measurement.low), high: quantity(measurement, measurement.high) },
          ],
        }
      : {}),
  };
}

/** US Core 6.1.0 laboratory DiagnosticReport over results of the same chart. `resultIds` are their FHIR ids, in order. */
export function diagnosticReport(
  fact: ReportFact,
  context: ChartContext,
  n: number,
  resultIds: readonly string[],
): DiagnosticReport {
  return {
    resourceType: 'DiagnosticReport',
    id: context.id(n),
    meta: metaOf('us-core-diagnosticreport-lab', fact.on, fact.sensitivity),
    status: 'final',
    category: [coded('http://terminology.hl7.org/CodeSystem/v2-0074', 'LAB', 'Laboratory')],
    code: codeable(fact.concept),
    subject: { reference: `Patient/${context.patientId}` },
    effectiveDateTime: fact.on,
    issued: `${fact.on}T12:00:00Z`,
    performer: [{ reference: 'Organization/org', display: context.hospitalName }],
    result: resultIds.map((id) => ({ reference: `Observation/${id}` })),
  };
}

const quantity = ({ unit }: Measurement, value: number): Quantity => ({
  value,
  unit,
  system: SYSTEMS.ucum,
  code: unit,
});

function interpretation({ low, high }: Measurement, value: number): NonNullable<Observation['interpretation']>[number] {
  if (value < low) return coded(INTERPRETATION, 'L', 'Low');
  return value > high ? coded(INTERPRETATION, 'H', 'High') : coded(INTERPRETATION, 'N', 'Normal');
}
