/**
 * Groups entries that share a token, directly or through others (union-find; Tarjan 1975). An entry without tokens stands alone: nothing
 * says what it is about, so nothing may join it to another.
 *
 * The groups do not depend on the order of the entries; each keeps its members in the order given.
 */
export function groupByToken<T>(
  entries: readonly T[],
  tokensOf: (entry: T) => readonly string[],
): { members: T[]; tokens: string[] }[] {
  const parent = entries.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (parent[root] !== root) root = parent[root] as number;
    for (let next = at; next !== root;) {
      const up = parent[next] as number;
      parent[next] = root;
      next = up;
    }
    return root;
  };

  const firstWith = new Map<string, number>();
  entries.forEach((entry, at) => {
    for (const token of tokensOf(entry)) {
      const first = firstWith.get(token);
      if (first === undefined) firstWith.set(token, at);
      else parent[rootOf(at)] = rootOf(first);
    }
  });

  const groups = new Map<number, { members: T[]; tokens: Set<string> }>();
  entries.forEach((entry, at) => {
    const root = rootOf(at);
    const group = groups.get(root) ?? { members: [], tokens: new Set<string>() };
    group.members.push(entry);
    for (const token of tokensOf(entry)) group.tokens.add(token);
    groups.set(root, group);
  });
  return [...groups.values()].map(({ members, tokens }) => ({ members, tokens: [...tokens].sort() }));
}
