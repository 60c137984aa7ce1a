import { type ScoredPairs } from './resolve-pairs.js';

/** Records that a chain of pairs joins, with the pairs they are in. */
export interface Component {
  readonly nodes: Uint32Array;
  /** Numbers of the pairs inside. */
  readonly inside: Uint32Array;
  /** Numbers of the pairs that leave a component, listed with the component of their first record only. */
  readonly across: Uint32Array;
}

/**
 * Divides records into the components that pairs of at least a threshold join, in the order of their first records. Parts of each
 * component are runs of a few large arrays: a million records are mostly components of one or two, and an object for each costs more than
 * what there is to say of it.
 *
 * @param own numbers of the pairs among `members`. @param place scratch of one integer a record.
 */
export function* componentsOf(
  members: Uint32Array,
  own: Uint32Array,
  pairs: ScoredPairs,
  threshold: number,
  place: Int32Array,
): Generator<Component> {
  members.forEach((node, i) => (place[node] = i));
  const { component, count } = labelComponents(members.length, own, pairs, threshold, place);
  const placeA = (pair: number): number => place[pairs.a[pair] as number] as number;
  const placeB = (pair: number): number => place[pairs.b[pair] as number] as number;
  const home = (pair: number): number => component[placeA(pair)] as number;
  const isInside = (pair: number): boolean => home(pair) === component[placeB(pair)];
  const nodes = grouped(members, count, (_, i) => component[i] as number);
  const inside = grouped(own.filter(isInside), count, home);
  const across = grouped(
    own.filter((pair) => !isInside(pair)),
    count,
    home,
  );
  for (let c = 0; c < count; c++) yield { nodes: runOf(nodes, c), inside: runOf(inside, c), across: runOf(across, c) };
}

/** The component of each member, by union of the trees that pairs join; numbered from 0 in the order of their first members. */
function labelComponents(
  size: number,
  own: Uint32Array,
  pairs: ScoredPairs,
  threshold: number,
  place: Int32Array,
): { component: Int32Array; count: number } {
  const parent = Int32Array.from({ length: size }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] = parent[parent[at] as number] as number;
    return at;
  };
  for (const pair of own) {
    if ((pairs.logOdds[pair] as number) < threshold) continue;
    parent[find(place[pairs.a[pair] as number] as number)] = find(place[pairs.b[pair] as number] as number);
  }
  const component = new Int32Array(size);
  const numberOf = new Int32Array(size).fill(-1);
  let count = 0;
  for (let i = 0; i < size; i++) {
    const root = find(i);
    if (numberOf[root] === -1) numberOf[root] = count++;
    component[i] = numberOf[root] as number;
  }
  return { component, count };
}

interface Grouped {
  readonly values: Uint32Array;
  readonly starts: Uint32Array;
}

/** Counting sort: the values of group g stand in `values[starts[g] … starts[g + 1])`, in their order. */
function grouped(values: Uint32Array, groups: number, groupOf: (value: number, at: number) => number): Grouped {
  const starts = new Uint32Array(groups + 1);
  values.forEach((value, i) => {
    const after = groupOf(value, i) + 1;
    starts[after] = (starts[after] as number) + 1;
  });
  for (let g = 1; g <= groups; g++) starts[g] = (starts[g] as number) + (starts[g - 1] as number);
  const next = starts.slice();
  const sorted = new Uint32Array(values.length);
  values.forEach((value, i) => {
    const group = groupOf(value, i);
    sorted[next[group] as number] = value;
    next[group] = (next[group] as number) + 1;
  });
  return { values: sorted, starts };
}

const runOf = ({ values, starts }: Grouped, group: number): Uint32Array =>
  values.subarray(starts[group], starts[group + 1]);
