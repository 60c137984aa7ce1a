import { openLoop } from './open-loop.js';

describe('openLoop', () => {
  it('counts each time from the moment it was due, and those that were never answered', async () => {
    const heardAt = new Map<string, number>();
    const { timesMs, unanswered } = await openLoop({
      perSecond: 100,
      seconds: 0.1,
      heardAt,
      // The third is made slowly: those behind it are late, and their times say so.
      prepare: async (at) => {
        if (at === 2) await new Promise((done) => setTimeout(done, 60));
        return { id: String(at), send: () => Promise.resolve(void heardAt.set(String(at), performance.now())) };
      },
    });
    expect([timesMs.length, unanswered]).toEqual([10, 0]);
    expect(timesMs.filter((ms) => ms >= 20).length).toBeGreaterThanOrEqual(2);
  });

  it('says how many stayed without an answer', async () => {
    const prepare = (at: number) => Promise.resolve({ id: String(at), send: () => Promise.resolve() });
    const heardAt = new Map([['0', performance.now() + 1_000]]);
    const { timesMs, unanswered } = await openLoop({ perSecond: 50, seconds: 0.04, prepare, heardAt });
    expect([timesMs.length, unanswered]).toEqual([1, 1]);
  }, 30_000);
});
