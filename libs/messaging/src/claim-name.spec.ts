import { claimName, hasExpired, isClaimName } from './claim-name.js';

const id = '0b0c7f9e-5a5f-4d0e-9a51-3a4b8f1c2d3e';
const hour = 3_600_000;
const now = Date.UTC(2026, 10, 22);

describe('the name of a stored body', () => {
  const name = claimName(id, { kind: 'delete', retentionMs: hour }, now);

  it('ends an hour after the message that holds the claim', () => {
    expect(name).toBe(`${now / 1000 + 7200}-${id}`);
    expect(hasExpired(name, now + 2 * hour - 1)).toBe(false);
    expect(hasExpired(name, now + 2 * hour)).toBe(true);
  });

  it('never ends for a topic that is a table', () => {
    const kept = claimName(id, { kind: 'compact' }, now);
    expect(isClaimName(kept)).toBe(true);
    expect(hasExpired(kept, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('sorts by its end, those for ever last', () => {
    const later = claimName(id, { kind: 'delete', retentionMs: 2 * hour }, now);
    const kept = claimName(id, { kind: 'compact' }, now);
    expect([kept, later, name].sort()).toEqual([name, later, kept]);
  });

  it.each(['', id, `../${id}`, `1-${id}`, `${name}/..`, 'kept-', 'README'])('is not %p', (other) => {
    expect(isClaimName(other)).toBe(false);
    expect(hasExpired(other, Number.MAX_SAFE_INTEGER)).toBe(false);
  });
});
