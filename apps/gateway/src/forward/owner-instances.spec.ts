import { OwnerInstances } from './owner-instances.js';
import { OwnerProblem } from './owner-problem.js';

const misdirected = () => new OwnerProblem(421, 'not-the-writer', undefined);
const refused = () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

/** Instances that answer as the test says, on a clock that only waiting moves. */
function instances(urls: readonly string[], answers: Record<string, () => unknown>) {
  const asked: string[] = [];
  let nowMs = 0;
  const owner = new OwnerInstances(urls, {
    now: () => nowMs,
    pause: (ms) => Promise.resolve((nowMs += ms)),
  });
  const ask = () =>
    owner.ask((url) => {
      asked.push(url);
      const answer = answers[url]?.();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    });
  return { ask, asked, now: () => nowMs };
}

describe(OwnerInstances.name, () => {
  it('goes on to the next where one does not take it, and asks the one that did first from then on', async () => {
    const { ask, asked } = instances(['a', 'b'], { a: misdirected, b: () => 'done' });
    expect([await ask(), await ask()]).toEqual(['done', 'done']);
    expect(asked).toEqual(['a', 'b', 'b']);
  });

  it('goes on where one is not there', async () => {
    const { ask, asked } = instances(['a', 'b'], { a: refused, b: () => 'done' });
    expect(await ask()).toBe('done');
    expect(asked).toEqual(['a', 'b']);
  });

  it('waits for the one that takes over', async () => {
    let calls = 0;
    const { ask, now } = instances(['a', 'b'], { a: refused, b: () => (++calls < 20 ? misdirected() : 'done') });
    expect(await ask()).toBe('done');
    expect(now()).toBe(19 * 250);
  });

  it('says that the service is unavailable where nobody does', async () => {
    const { ask, now } = instances(['a', 'b'], { a: refused, b: misdirected });
    await expect(ask()).rejects.toMatchObject({ status: 503, code: 'service-unavailable' });
    expect(now()).toBe(12_000);
  });

  it.each([
    ['a refusal', new OwnerProblem(409, 'person-merged', undefined)],
    ['a connection that broke with the request on it', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
  ])('hands on %s and asks nobody else', async (_name, error) => {
    const { ask, asked } = instances(['a', 'b'], { a: () => error, b: () => 'done' });
    await expect(ask()).rejects.toBe(error);
    expect(asked).toEqual(['a']);
  });

  it('says at once that a lone instance is not there', async () => {
    const { ask, now } = instances(['a'], { a: refused });
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(now()).toBe(0);
  });
});
