// C2SP tlog-tiles (https://c2sp.org/tlog-tiles), writing side: appends that share a checkpoint.
/** Does work for several callers at once; `results[i]` is `items[i]`'s. */
export type Run<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

interface Waiting<Item, Result> extends PromiseWithResolvers<Result> {
  readonly item: Item;
}

/**
 * One run at a time: what is asked for while one is under way waits, and shares the next (a group commit). The first to
 * ask waits for nobody. An item heavier than `maxWeight` gets a run of its own.
 */
export function grouped<Item, Result>(
  run: Run<Item, Result>,
  weightOf: (item: Item) => number,
  maxWeight: number,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let running = false;

  const takeGroup = (): Waiting<Item, Result>[] => {
    let weight = 0;
    const tooMany = waiting.findIndex(({ item }, at) => (weight += weightOf(item)) > maxWeight && at > 0);
    return waiting.splice(0, tooMany < 0 ? waiting.length : tooMany);
  };

  const runAll = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        const results = await run(group.map(({ item }) => item));
        group.forEach(({ resolve }, at) => resolve(results[at] as Result));
      } catch (failure) {
        for (const { reject } of group) reject(failure);
      }
    }
    running = false;
  };

  return (item) => {
    const settled = Promise.withResolvers<Result>();
    waiting.push({ item, ...settled });
    if (!running) void runAll();
    return settled.promise;
  };
}
