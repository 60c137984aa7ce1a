import { type Faults, WELL, faultsAt, faultsSchema, hits, nextChangeMs } from './faults.js';

const faults = (set: object): Faults => faultsSchema.parse(set);

describe('faultsAt', () => {
  const flapping = faults({ status: 500, flapping: { upMs: 100, downMs: 50 } });
  it.each([
    [0, false],
    [99, false],
    [100, true],
    [149, true],
    [150, false],
    [250, true],
  ])('at %d ms a member that flaps 100/50 is faulty: %p', (elapsedMs, isFaulty) => {
    expect(faultsAt(flapping, elapsedMs).status).toBe(isFaulty ? 500 : undefined);
  });

  it('closes the port when nothing else is wrong with it', () => {
    expect(faultsAt(faults({ flapping: { upMs: 10, downMs: 10 } }), 15)).toMatchObject({ dead: 'refuse' });
  });

  it('stays as it is without flapping', () => {
    expect(faultsAt(faults({ slowMs: 5 }), 1e9)).toMatchObject({ slowMs: 5 });
  });

  it.each([
    [0, 100],
    [99, 1],
    [100, 50],
    [149, 1],
    [150, 100],
  ])('changes at %d ms after %d ms more', (elapsedMs, expected) => {
    expect(nextChangeMs(flapping, elapsedMs)).toBe(expected);
    expect(nextChangeMs(WELL, elapsedMs)).toBeUndefined();
  });
});

describe('hits', () => {
  it.each<[object, 'fhir' | 'token' | 'metadata', string[], boolean]>([
    [{}, 'fhir', ['Patient'], true],
    [{}, 'token', [], false],
    [{ on: ['token'] }, 'token', [], true],
    [{ resourceTypes: ['Device'] }, 'fhir', ['Patient', 'Device'], true],
    [{ resourceTypes: ['Device'] }, 'fhir', ['Patient'], false],
  ])('%p hits %s %p: %p', (set, area, types, expected) => {
    expect(hits(faults(set), area, types)).toBe(expected);
  });
});
