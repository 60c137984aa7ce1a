/** When a batch is closed. */
export interface GatherOptions<Item> {
  /** Takes a batch; the next one begins when it has resolved. Must not reject: what fails is told to each item’s owner. */
  readonly run: (batch: readonly Item[]) => Promise<void>;
  /** Somebody waits for this item: it takes all that wait along, at once. */
  readonly isUrgent: (item: Item) => boolean;
  readonly maxItems: number;
  /** How long an item that is not urgent waits for company, in milliseconds. */
  readonly maxWaitMs: number;
}

/**
 * Gathers items into batches, one batch at a time and in the order they came.
 *
 * A batch is closed by the first urgent item, by `maxItems`, or `maxWaitMs` after its first item; while one is under way, the
 * next goes on gathering. Nothing wakes up while nothing waits.
 */
export function gathered<Item>({ run, isUrgent, maxItems, maxWaitMs }: GatherOptions<Item>): (item: Item) => void {
  let waiting: Item[] = [];
  let due = false;
  let running = false;
  let timer: NodeJS.Timeout | undefined;

  const drain = async (): Promise<void> => {
    while (due || waiting.length >= maxItems) {
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(batch.length);
      due &&= waiting.length > 0;
      clearTimeout(timer);
      timer = undefined;
      await run(batch);
    }
    running = false;
    waitForCompany();
  };

  const begin = (): void => {
    if (running) return;
    running = true;
    // What arrived in the same turn, such as the rest of a fetch, still comes along.
    setImmediate(() => void drain());
  };

  const waitForCompany = (): void => {
    if (waiting.length === 0 || timer !== undefined) return;
    timer = setTimeout(() => {
      due = true;
      begin();
    }, maxWaitMs);
  };

  return (item) => {
    waiting.push(item);
    due ||= isUrgent(item);
    if (due || waiting.length >= maxItems) begin();
    else if (!running) waitForCompany();
  };
}
