// Which files an append writes, worked by hand: each tile and bundle it touches once, and no other.
import { emptyTail, growTree, type TreeTail } from './grow-tree.js';

const entries = (count: number) => Array.from({ length: count }, (_, at) => Buffer.from(`${at}`));
const tailOf = (size: number): TreeTail => growTree(emptyTail, entries(size)).tail;

it.each<[size: number, count: number, resources: string[], superseded: string[]]>([
  [0, 0, [], []],
  [300, 0, [], []],
  [0, 1, ['tile/entries/000.p/1', 'tile/0/000.p/1'], []],
  [1, 1, ['tile/entries/000.p/2', 'tile/0/000.p/2'], []],
  [0, 255, ['tile/entries/000.p/255', 'tile/0/000.p/255'], []],
  [0, 256, ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1'], []],
  [255, 1, ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1'], ['tile/entries/000.p', 'tile/0/000.p']],
  [256, 1, ['tile/entries/001.p/1', 'tile/0/001.p/1'], []],
  [256, 256, ['tile/entries/001', 'tile/0/001', 'tile/1/000.p/2'], []],
  [
    300,
    500,
    [
      'tile/entries/001',
      'tile/entries/002',
      'tile/entries/003.p/32',
      'tile/0/001',
      'tile/0/002',
      'tile/0/003.p/32',
      'tile/1/000.p/3',
    ],
    ['tile/entries/001.p', 'tile/0/001.p'],
  ],
  [
    65_535,
    2,
    ['tile/entries/255', 'tile/entries/256.p/1', 'tile/0/255', 'tile/1/000', 'tile/0/256.p/1', 'tile/2/000.p/1'],
    ['tile/entries/255.p', 'tile/0/255.p', 'tile/1/000.p'],
  ],
])('with %i entries, %i more write just their own files', (size, count, resources, superseded) => {
  const growth = growTree(tailOf(size), entries(count));
  expect(growth.resources.map(({ path }) => path)).toEqual(resources);
  expect(growth.superseded).toEqual(superseded);
  expect(growth.tail.frontier.size).toBe(size + count);
});

it('leaves the tail it grew from as it was', () => {
  const tail = tailOf(300);
  const { bundle, tiles, frontier } = structuredClone(tail);
  growTree(tail, entries(1000));
  expect([tail.bundle.length, tail.tiles.map(({ length }) => length), tail.frontier.size]).toEqual([
    bundle.length,
    tiles.map(({ length }) => length),
    frontier.size,
  ]);
});
