import { firstAvailable } from './first-available.js';
import { OwnerProblem } from './owner-problem.js';

const answers = (status: number) => () => Promise.resolve({ status });
const refuses = (status: number) => () => Promise.reject(new OwnerProblem(status, 'a-code', {}));
const isGone = () => Promise.reject(new Error('ECONNREFUSED'));

describe('firstAvailable', () => {
  it.each([
    ['the first that answers', [answers(200), answers(201)], { status: 200 }],
    ['the next, where one can not be reached', [isGone, answers(200)], { status: 200 }],
    ['the next, where one is not ready', [refuses(503), answers(200)], { status: 200 }],
    ['the next, where one says so in FHIR', [answers(503), answers(200)], { status: 200 }],
    ['the last, whatever it says', [isGone, answers(503)], { status: 503 }],
  ])('is %s', async (_what, [first, ...others], expected) => {
    expect(await firstAvailable([first as () => Promise<{ status: number }>, ...others])).toEqual(expected);
  });

  it('takes a refusal for an answer, and asks nobody else', async () => {
    let asked = 0;
    const other = () => Promise.resolve({ status: 200 + (asked += 1) });
    await expect(firstAvailable([refuses(404), other])).rejects.toThrow('a-code');
    expect(asked).toBe(0);
  });

  it('says why the last one failed', async () => {
    await expect(firstAvailable([refuses(503), isGone])).rejects.toThrow('ECONNREFUSED');
  });
});
