import { type GatherOptions, gathered } from './gathered.js';

interface Item {
  readonly name: string;
  readonly isUrgent?: boolean;
}

/** Batches whose work ends when the test says so. */
function held(options: Partial<GatherOptions<Item>> = {}) {
  const batches: { readonly names: string; readonly end: () => void }[] = [];
  const add = gathered<Item>({
    run: (batch) =>
      new Promise((resolve) => batches.push({ names: batch.map(({ name }) => name).join(' '), end: resolve })),
    isUrgent: ({ isUrgent }) => isUrgent ?? false,
    maxItems: 3,
    // Longer than a test: what needs the timer gives a short one.
    maxWaitMs: 60_000,
    ...options,
  });
  return { add, batches, names: () => batches.map(({ names }) => names) };
}

const turns = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const until = async (met: () => boolean) => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('gathered', () => {
  it('lets an item that nobody waits for wait, and sends it along with the first that somebody does', async () => {
    const { add, names } = held();
    add({ name: 'a' });
    add({ name: 'b' });
    await turns();
    expect(names()).toEqual([]);
    add({ name: 'c', isUrgent: true });
    await turns();
    expect(names()).toEqual(['a b c']);
  });

  it('takes along what comes in the same turn', async () => {
    const { add, names } = held();
    add({ name: 'a', isUrgent: true });
    add({ name: 'b' });
    await turns();
    expect(names()).toEqual(['a b']);
  });

  it('closes a batch when it is full, and leaves the rest to wait', async () => {
    const { add, batches, names } = held();
    for (const name of ['a', 'b', 'c', 'd']) add({ name });
    await turns();
    expect(names()).toEqual(['a b c']);
    batches[0]?.end();
    await turns();
    expect(names()).toEqual(['a b c']);
    add({ name: 'e', isUrgent: true });
    await turns();
    expect(names()).toEqual(['a b c', 'd e']);
  });

  it('does one batch at a time, and the urgent that came meanwhile right after it', async () => {
    const { add, batches, names } = held();
    add({ name: 'a', isUrgent: true });
    await turns();
    for (const name of ['b', 'c', 'd', 'e']) add({ name, isUrgent: name === 'b' });
    await turns();
    expect(names()).toEqual(['a']);
    batches[0]?.end();
    await turns();
    expect(names()).toEqual(['a', 'b c d']);
    batches[1]?.end();
    await turns();
    expect(names()).toEqual(['a', 'b c d', 'e']);
  });

  it.each([
    ['with nothing under way', false],
    ['that came while another batch was under way', true],
  ])('closes a batch %s when its time has come', async (_when, isBusy) => {
    const { add, batches, names } = held({ maxWaitMs: 5 });
    if (isBusy) {
      add({ name: 'first', isUrgent: true });
      await until(() => batches.length === 1);
    }
    add({ name: 'a' });
    await turns();
    if (isBusy) batches[0]?.end();
    await until(() => names().at(-1) === 'a');
    expect(names()).toEqual(isBusy ? ['first', 'a'] : ['a']);
  });
});
