import type { StoredEvent } from '../identity-store/identity-event.repository.js';
import type { MergeEvent } from '../identity-store/identity-event.js';
import { MARGIN_MS, standingUnder, toldOf } from './standing-under.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 8, minute));
const event = (
  kind: MergeEvent['kind'],
  personId: string,
  survivorId: string,
  minute: number,
): StoredEvent<MergeEvent> => {
  const of = { recordId: null, personId, seq: minute, at: at(minute) };
  return kind === 'merged'
    ? { ...of, kind, details: { survivorId, reviewId: 'r', proposedBy: 'a', approvedBy: 'b', reason: 'r' } }
    : { ...of, kind, details: { survivorId, by: 'a', reason: 'r' } };
};
const within = { since: at(0), until: at(50) };
const under = (merges: readonly StoredEvent<MergeEvent>[], personId = 'b', time = within) =>
  standingUnder(personId, merges, time).map(({ personId: id, since, until }) => [
    id,
    (since.getTime() + MARGIN_MS - at(0).getTime()) / 60_000,
    (until.getTime() - MARGIN_MS - at(0).getTime()) / 60_000,
  ]);

describe(standingUnder.name, () => {
  it.each<[string, StoredEvent<MergeEvent>[], unknown]>([
    ['nowhere without a merge', [event('merged', 'x', 'y', 5)], []],
    [
      'the survivor, while the merge stood',
      [event('merged', 'b', 'a', 10), event('unmerged', 'b', 'a', 20)],
      [['a', 10, 20]],
    ],
    ['the survivor still', [event('merged', 'b', 'a', 10)], [['a', 10, 50]]],
    [
      'the survivor’s survivor, while that stood',
      [
        event('merged', 'b', 'a', 10),
        event('merged', 'a', 'd', 20),
        event('unmerged', 'a', 'd', 30),
        event('unmerged', 'b', 'a', 40),
      ],
      [
        ['a', 10, 20],
        ['d', 20, 30],
        ['a', 30, 40],
      ],
    ],
    [
      'each of two survivors, one after the other',
      [event('merged', 'b', 'a', 10), event('unmerged', 'b', 'a', 20), event('merged', 'b', 'c', 30)],
      [
        ['a', 10, 20],
        ['c', 30, 50],
      ],
    ],
    [
      'the same survivor through another’s merge, in one piece',
      [event('merged', 'b', 'a', 10), event('merged', 'c', 'a', 20)],
      [['a', 10, 50]],
    ],
  ])('%s', (_name, merges, expected) => {
    expect(under(merges)).toEqual(expected);
  });

  it('looks at the time asked about alone', () => {
    const merges = [event('merged', 'b', 'a', 10), event('unmerged', 'b', 'a', 40)];
    expect(under(merges, 'b', { since: at(20), until: at(30) })).toEqual([['a', 20, 30]]);
    expect(under(merges, 'b', { since: at(41), until: at(50) })).toEqual([]);
  });
});

describe(toldOf.name, () => {
  const minuteOf = (text: string): number => (Date.parse(text) - at(0).getTime()) / 60_000;
  const told = (personIds: readonly string[], merges: readonly StoredEvent<MergeEvent>[]) =>
    Object.fromEntries(
      toldOf(personIds, merges).map(({ personId, stoodUnder }) => [
        personId,
        stoodUnder.map(({ personId: id, since, until }) => [
          ...[id, minuteOf(since)],
          ...(until === undefined ? [] : [minuteOf(until)]),
        ]),
      ]),
    );

  it.each<[string, string[], StoredEvent<MergeEvent>[], unknown]>([
    ['a merge lasts until it is taken back', ['b'], [event('merged', 'b', 'a', 10)], { b: [['a', 10]] }],
    [
      'one that was taken back has an end',
      ['b'],
      [event('merged', 'b', 'a', 10), event('unmerged', 'b', 'a', 20)],
      { b: [['a', 10, 20]] },
    ],
    [
      'whoever was merged into the person before moves along, and nobody else is told of',
      ['a'],
      [event('merged', 'b', 'a', 10), event('merged', 'x', 'd', 15), event('merged', 'a', 'd', 20)],
      {
        a: [['d', 20]],
        b: [
          ['a', 10, 20],
          ['d', 20],
        ],
      },
    ],
    ['nobody who was never merged', ['z'], [event('merged', 'b', 'a', 10)], {}],
  ])('%s', (_name, personIds, merges, expected) => {
    expect(told(personIds, merges)).toEqual(expected);
  });
});
