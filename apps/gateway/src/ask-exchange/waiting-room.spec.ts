import { type Waiting, nextToEnter } from './waiting-room.js';

const waiting = (memberId: string, purpose: Waiting['purpose'] = 'TREAT'): Waiting => ({ memberId, purpose });

describe(nextToEnter.name, () => {
  it.each<[string, readonly Waiting[], Record<string, number>, number]>([
    ['nobody of none', [], {}, -1],
    ['who came first', [waiting('a'), waiting('b')], {}, 0],
    ['an emergency first, whoever has how many', [waiting('a'), waiting('b', 'ETREAT')], { b: 9 }, 1],
    ['glass that was broken like an emergency', [waiting('a'), waiting('a', 'BTG')], {}, 1],
    ['the member with fewer under way', [waiting('a'), waiting('a'), waiting('b')], { a: 5, b: 1 }, 2],
    ['the member with fewer among emergencies', [waiting('a', 'ETREAT'), waiting('b', 'ETREAT')], { a: 1 }, 1],
  ])('takes %s', (_name, room, underWay, next) => {
    expect(nextToEnter(room, new Map(Object.entries(underWay)))).toBe(next);
  });
});
