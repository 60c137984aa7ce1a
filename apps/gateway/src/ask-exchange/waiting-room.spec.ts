import { type Waiting, nextToEnter, placesOfEach } from './waiting-room.js';

const waiting = (memberId: string, purpose: Waiting['purpose'] = 'TREAT'): Waiting => ({ memberId, purpose });

describe(nextToEnter.name, () => {
  it.each<[string, readonly Waiting[], Record<string, number>, number]>([
    ['nobody of none', [], {}, -1],
    ['who came first', [waiting('a'), waiting('b')], {}, 0],
    ['an emergency first, whoever has how many', [waiting('a'), waiting('b', 'ETREAT')], { b: 8 }, 1],
    ['glass that was broken like an emergency', [waiting('a'), waiting('a', 'BTG')], {}, 1],
    ['the member with fewer under way', [waiting('a'), waiting('a'), waiting('b')], { a: 5, b: 1 }, 2],
    ['the first whose member has a place left', [waiting('a'), waiting('a'), waiting('b')], { a: 9, b: 8 }, 2],
    ['an emergency of a member that has all of its places', [waiting('b'), waiting('a', 'ETREAT')], { a: 9 }, 1],
    ['nobody whose members have all of theirs', [waiting('a'), waiting('b')], { a: 9, b: 10 }, -1],
    ['the member with fewer among emergencies', [waiting('a', 'ETREAT'), waiting('b', 'ETREAT')], { a: 1 }, 1],
  ])('takes %s', (_name, room, underWay, next) => {
    expect(nextToEnter(room, new Map(Object.entries(underWay)), 9)).toBe(next);
  });
});

describe(placesOfEach.name, () => {
  it.each([
    [32, 0.5, 16],
    [5, 0.5, 2],
    [4, 0.1, 1],
    [32, 1, 32],
  ])('of %d places, a share of %d: %d', (places, share, each) => {
    expect(placesOfEach(places, share)).toBe(each);
  });
});
