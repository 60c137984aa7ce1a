import type { Dosage, MedicationRequest, MedicationStatement, Quantity } from '@medplum/fhirtypes';

import { oneLine } from '../terminology/plain-text.js';
import { conceptName } from './said.js';

const UNIT_OF_TIME: Readonly<Record<string, string>> = {
  s: 'second',
  min: 'minute',
  h: 'hour',
  d: 'day',
  wk: 'week',
  mo: 'month',
  a: 'year',
};
const STRENGTH = /\d[\d.,]*\s*(?:mg|mcg|µg|g|ml|unt|units?|iu|meq|%)(?:\/[\d.]*\s*(?:ml|hr|actuat|mg))?/gi;

/**
 * The dose one source gives, in words: the product's strength and the instruction, as far as either was sent.
 *
 * @example
 *   doseText(order); // '5 MG, 1 tablet once daily'
 */
export function doseText(resource: MedicationRequest | MedicationStatement): string | undefined {
  const strengths = conceptName(resource.medicationCodeableConcept, '').match(STRENGTH) ?? [];
  const dosages = resource.resourceType === 'MedicationRequest' ? resource.dosageInstruction : resource.dosage;
  const instructions = (dosages ?? []).map(instructionText).filter((text) => text !== '');
  const parts = [strengths.join(' / '), ...instructions].filter((text) => text !== '');
  return parts.length === 0 ? undefined : oneLine(parts.join(', '), 160);
}

function instructionText({ text, patientInstruction, timing, doseAndRate = [], asNeededBoolean }: Dosage): string {
  if (text !== undefined && text.trim() !== '') return text;
  const [rate] = doseAndRate;
  const amount =
    rate?.doseQuantity === undefined
      ? rangeText(rate?.doseRange?.low, rate?.doseRange?.high)
      : quantityText(rate.doseQuantity);
  const { frequency, period, periodUnit = '', when = [] } = timing?.repeat ?? {};
  const unit = UNIT_OF_TIME[periodUnit];
  const often =
    unit === undefined || period === undefined
      ? conceptName(timing?.code, '')
      : `${frequency ?? 1} time${(frequency ?? 1) === 1 ? '' : 's'} per ${period === 1 ? unit : `${period} ${unit}s`}`;
  const structured = [amount, often, when.join(' '), asNeededBoolean === true ? 'as needed' : ''].filter(
    (part) => part !== '',
  );
  return structured.length > 0 ? structured.join(' ') : (patientInstruction ?? '');
}

function quantityText({ value, unit, code }: Quantity): string {
  return value === undefined ? '' : `${value} ${unit ?? code ?? ''}`.trim();
}

function rangeText(low: Quantity | undefined, high: Quantity | undefined): string {
  const ends = [low, high].filter((one) => one !== undefined).map(quantityText);
  return ends.join(' to ');
}
