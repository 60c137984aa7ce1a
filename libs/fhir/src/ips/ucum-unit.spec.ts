import { isUcumUnit } from './ucum-unit.js';

describe('isUcumUnit', () => {
  it.each([
    'mg',
    'mg/dL',
    'mmol/L',
    '10*3/uL',
    '10*9/L',
    'g/dL',
    '%',
    'mm[Hg]',
    '/min',
    'kg/m2',
    '{score}',
    '{INR}',
    'U/L',
    '[iU]/L',
    'mL/min/{1.73_m2}',
    'Cel',
    '[degF]',
    'cm',
    'kg',
    'meq/L',
    'pg',
    'fL',
    'ng/mL',
    'h',
    '{count}',
    '1',
    'ug',
  ])('%s is a unit', (code) => {
    expect(isUcumUnit(code)).toBe(true);
  });

  it.each(['tablet', 'mg/tab', 'MG', 'mg per day', '', 'refuted', '42348-3', 'vital-signs', 'x y', '{a', 5, undefined])(
    '%s is none',
    (code) => {
      expect(isUcumUnit(code)).toBe(false);
    },
  );
});
