import { MessagingError } from './errors.js';
import { classify, withRetry } from './retry.js';

const coded = (code: string) => Object.assign(new Error('x'), { code });
const options = () => ({ attempts: 3, onWait: () => Promise.resolve(), signal: new AbortController().signal });

describe('classify', () => {
  it.each([
    [new MessagingError('body-invalid'), 'never'],
    [coded('ECONNREFUSED'), 'outage'],
    [Object.assign(new Error('x'), { retry: 'outage' }), 'outage'],
    [coded('57P01'), 'outage'],
    [coded('08006'), 'outage'],
    [coded('40001'), 'outage'],
    [new Error('Connection terminated unexpectedly'), 'outage'],
    [coded('23505'), 'later'],
    [new TypeError('x is not a function'), 'later'],
    ['a string', 'later'],
  ])('%s: %s', (error, expected) => {
    expect(classify(error)).toBe(expected);
  });
});

describe('withRetry', () => {
  const failing = (error: Error, times: number) => {
    let calls = 0;
    const work = () => {
      calls += 1;
      return calls <= times ? Promise.reject(error) : Promise.resolve('done');
    };
    return { work, calls: () => calls };
  };

  it('tries a defect three times and then gives up', async () => {
    const { work, calls } = failing(new TypeError('defect'), 9);
    await expect(withRetry(work, options())).rejects.toThrow('defect');
    expect(calls()).toBe(3);
  });

  it('does not try again what is the message’s own fault', async () => {
    const { work, calls } = failing(new MessagingError('body-invalid'), 9);
    await expect(withRetry(work, options())).rejects.toThrow('body-invalid');
    expect(calls()).toBe(1);
  });

  it('waits an outage out, and keeps the session alive meanwhile', async () => {
    const { work } = failing(coded('ECONNREFUSED'), 4);
    let beats = 0;
    const waiting = { ...options(), attempts: 1, onWait: () => Promise.resolve(void (beats += 1)) };
    await expect(withRetry(work, waiting)).resolves.toBe('done');
    expect(beats).toBe(4);
  });

  it('gives an outage up at the deadline', async () => {
    const { work, calls } = failing(coded('ECONNREFUSED'), 99);
    const passed = Date.now() - 1;
    await expect(withRetry(work, { ...options(), deadlineMs: () => passed })).rejects.toThrow('x');
    expect(calls()).toBe(1);
  });
});
