/**
 * A pure function that remembers its results, by a key of its argument. The same few hundred codes make up most charts, and what a code means
 * never changes while the process runs.
 *
 * Holds at most `most` results: when full it forgets all of them, which costs less than keeping an order of use.
 */
export function remembered<A, R>(
  decide: (argument: A) => R,
  keyOf: (argument: A) => string,
  most = 4096,
): (argument: A) => R {
  const results = new Map<string, R>();
  return (argument) => {
    const key = keyOf(argument);
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = decide(argument);
    if (results.size >= most) results.clear();
    // A hostile chart may hold megabytes in one name; what is that long is not worth keeping.
    if (key.length <= 1024) results.set(key, result);
    return result;
  };
}
