import { coversInteraction } from './smart-scopes.js';

describe('coversInteraction', () => {
  it.each([
    ['system/Patient.rs', 'Patient', 's', true],
    ['system/Patient.rs', 'Patient', 'u', false],
    ['system/Patient.read', 'Patient', 's', true],
    ['system/Patient.write', 'Patient', 'u', true],
    ['system/Patient.cu', 'Patient', 'c', true],
    ['system/*.rs', 'AllergyIntolerance', 's', true],
    ['system/Condition.rs', 'AllergyIntolerance', 's', false],
    ['system/Patient.sr', 'Patient', 's', false],
    ['user/Patient.rs', 'Patient', 's', true],
    ['user/*.rs', 'AllergyIntolerance', 's', true],
    ['patient/Patient.rs', 'Patient', 's', false],
    ['system/patient.rs', 'Patient', 's', false],
    ['system/Patient.rs?category=x', 'Patient', 's', false],
  ] as const)('%s on %s.%s: %s', (scope, type, interaction, covered) => {
    expect(coversInteraction([scope], type, interaction)).toBe(covered);
  });
});
