/** The cluster of everybody who is in a pair, named by one of its members: whom a chain of pairs joins is together. */
export function transitiveClosure(pairs: Iterable<readonly [string, string]>): Map<string, string> {
  const parent = new Map<string, string>();
  const rootOf = (id: string): string => {
    let at = id;
    for (let next = parent.get(at) ?? at; next !== at; next = parent.get(at) ?? at) at = next;
    parent.set(id, at);
    return at;
  };
  for (const [one, other] of pairs) parent.set(rootOf(one), rootOf(other));
  return new Map([...parent.keys()].map((id) => [id, rootOf(id)]));
}
