// C2SP tlog-tiles (https://c2sp.org/tlog-tiles), writing side: one commit after the other.
/** One at a time, in the order asked. A rejected turn does not hold up the next. */
export function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
