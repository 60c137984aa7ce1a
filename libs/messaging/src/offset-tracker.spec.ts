import fc from 'fast-check';

import { OffsetTracker } from './offset-tracker.js';

describe(OffsetTracker.name, () => {
  it('commits up to the first that is not finished', () => {
    const tracker = new OffsetTracker();
    for (const offset of ['5', '6', '7']) tracker.start('t', 0, offset);
    tracker.finish('t', 0, '7');
    expect(tracker.takeCommittable()).toEqual([]);
    tracker.finish('t', 0, '5');
    expect(tracker.takeCommittable()).toEqual([{ topic: 't', partition: 0, offset: '6' }]);
    tracker.finish('t', 0, '6');
    expect(tracker.takeCommittable()).toEqual([{ topic: 't', partition: 0, offset: '8' }]);
    expect(tracker.takeCommittable()).toEqual([]);
  });

  it('forgets all partitions on a rebalance, also those whose messages finish later', () => {
    const tracker = new OffsetTracker();
    tracker.start('t', 0, '1');
    tracker.reset();
    tracker.finish('t', 0, '1');
    expect(tracker.takeCommittable()).toEqual([]);
  });

  it('never commits past an unfinished message, in whatever order they finish', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (finished) => {
        const tracker = new OffsetTracker();
        for (let offset = 0; offset < 10; offset += 1) tracker.start('t', 0, String(offset));
        const done = new Set<number>();
        for (const offset of finished) {
          tracker.finish('t', 0, String(offset));
          done.add(offset);
          for (const committed of tracker.takeCommittable()) {
            for (let before = 0; before < Number(committed.offset); before += 1) expect(done).toContain(before);
          }
        }
      }),
    );
  });
});
