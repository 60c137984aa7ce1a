import { RecentPlaces } from './recent-places.js';

const START = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;
const at = (ms: number): string => new Date(ms).toISOString();
const place = (index: number) => ({ index, leafHash: Buffer.alloc(32) });

describe(RecentPlaces.name, () => {
  it('knows of an event from its own time whether it was appended', () => {
    const recent = new RecentPlaces(START, 10);
    const now = START + 10 * MINUTE;
    recent.remember('e-1', place(7), now);
    expect(recent.find('e-1')?.index).toBe(7);
    expect(recent.find('e-2')).toBeUndefined();
    expect(recent.mayBeForgotten(at(now - 1_000), now)).toBe(false);
  });

  it.each([
    ['from before this process', START - 1],
    ['from about when this process began, by another clock', START + MINUTE],
    ['from the future', START + 10 * MINUTE + 5_001],
    ['without a time', Number.NaN],
  ])('does not know of an event %s', (_name, ms) => {
    const recent = new RecentPlaces(START, 10);
    expect(recent.mayBeForgotten(Number.isNaN(ms) ? 'never' : at(ms), START + 10 * MINUTE)).toBe(true);
  });

  it('keeps the hash, and not the memory that the hash is a view of', () => {
    const recent = new RecentPlaces(START, 10);
    const leafHash = Buffer.alloc(8 * 1024, 7).subarray(64, 96);
    recent.remember('e-1', { index: 7, leafHash }, START);
    const kept = recent.find('e-1')?.leafHash;
    expect(Buffer.from(kept!)).toEqual(leafHash);
    expect(kept?.buffer.byteLength).toBe(32);
  });

  it('knows what it forgot', () => {
    const recent = new RecentPlaces(START, 2);
    const times = [10, 20, 30].map((minutes) => START + minutes * MINUTE);
    times.forEach((ms, index) => recent.remember(`e-${index}`, place(index), ms));
    expect(recent.find('e-0')).toBeUndefined();
    const now = START + 31 * MINUTE;
    expect(recent.mayBeForgotten(at(times[0]!), now)).toBe(true);
    expect(recent.mayBeForgotten(at(times[1]!), now)).toBe(false);
  });
});
