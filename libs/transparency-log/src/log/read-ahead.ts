// C2SP tlog-tiles (https://c2sp.org/tlog-tiles): static resources, several fetched at once.
/**
 * Fetches `count` numbered things, at most `parallel` at once, and yields them in their order.
 *
 * Stops asking as soon as one fails or the consumer leaves; what is under way then is waited for by nobody.
 */
export async function* readAhead<Thing>(
  count: number,
  parallel: number,
  fetch: (number: number) => Promise<Thing>,
): AsyncGenerator<Thing> {
  const underWay: Promise<Thing>[] = [];
  for (let next = 0; next < count || underWay.length > 0;) {
    while (next < count && underWay.length < parallel) {
      const thing = fetch(next++);
      // A failure is met when its turn comes, not before.
      thing.catch(() => undefined);
      underWay.push(thing);
    }
    yield await (underWay.shift() as Promise<Thing>);
  }
}
