import { isUuid } from './uuid.js';

describe(isUuid.name, () => {
  it.each([
    ['0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f', true],
    // A patient's handle has no version.
    ['00000000-0000-0000-0000-000000000000', true],
    ['------------------------------------', false],
    ['0b9d6f5e92a4-4c1d-8c1f-7a2b3c4d5e6f-', false],
    ['0B9D6F5E-92A4-4C1D-8C1F-7A2B3C4D5E6F', false],
    ['0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f\n', false],
    ['0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(isUuid(text)).toBe(expected);
  });
});
