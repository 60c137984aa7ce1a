import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { main } from './main.js';

const folder = mkdtempSync(join(tmpdir(), 'hie-match-'));
const path = (name: string): string => join(folder, name);
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(path(name), content);
  return path(name);
};
afterAll(() => rmSync(folder, { recursive: true }));

/** Each of these runs a whole linkage; on a busy machine that takes a while. */
const patience = 120_000;

let printed = '';
let complained = '';
const { stdout, stderr } = process;
const streams = [stdout.write, stderr.write] as const;
beforeEach(() => {
  printed = '';
  complained = '';
  stdout.write = (text: string | Uint8Array): boolean => ((printed += String(text)), true);
  stderr.write = (text: string | Uint8Array): boolean => ((complained += String(text)), true);
});
afterEach(() => {
  [stdout.write, stderr.write] = streams;
});

const given = ['Ana', 'Chidi', 'Linh', 'John', 'Piotr', 'Leila', 'Ingrid', 'Luc', 'Rosa', 'Emma', 'Noor'];
const family = [
  'Garcia',
  'Okafor',
  'Nguyen',
  'Smith',
  'Kowalski',
  'Haddad',
  'Larsen',
  'Moreau',
  'Rossi',
  'Weber',
  'Silva',
  'Novak',
  'Dubois',
];
const person = (i: number): string[] => [
  given[i % 11]!,
  family[i % 13]!,
  `${1930 + (i % 83)}-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`,
  `${100 + ((i * 37) % 800)} Elm St`,
  `4${String((i * 7919) % 10_000).padStart(4, '0')}`,
  `937 2${String((i * 104_729) % 1_000_000).padStart(6, '0')}`,
];
/** Two records of each person, the second without telephone and with the street in capitals. */
const header = 'rec_id,who,first_name,surname,dob,address,zip,phone';
const rows = Array.from({ length: 200 }, (_, i) => {
  const [g, f, d, s, z, p] = person(i);
  return [
    `a${i},P${i},${g},${f},${d},${s},${z},${p}`,
    `b${i},P${i},${g!.toUpperCase()},${f},${d},${s!.toUpperCase()},${z},`,
  ];
});
const people = (): string => file('people.csv', [header, ...rows.flat()].join('\n'));
const lines = (name: string): string[] => readFileSync(path(name), 'utf8').trim().split('\n');

describe('dedupe', () => {
  it(
    'finds the pairs and people of a file without labels or settings, and evaluate says how well',
    async () => {
      expect(
        await main(['dedupe', '--in', people(), '--out', path('pairs.csv'), '--clusters', path('clusters.csv')]),
      ).toBe(0);
      expect(complained).toContain('columns: id=rec_id');
      expect(complained).not.toContain('=who');
      expect(lines('pairs.csv')[0]).toBe('id_l,id_r,probability,weight_bits');
      expect(lines('clusters.csv')[0]).toBe('id,cluster_id');
      expect(lines('clusters.csv')).toHaveLength(401);
      expect(
        await main([
          'evaluate',
          '--in',
          people(),
          '--truth',
          'who',
          '--pairs',
          path('pairs.csv'),
          '--clusters',
          path('clusters.csv'),
        ]),
      ).toBe(0);
      expect(Number(/clusters, pairwise: .*F1 ([\d.]+)/.exec(printed)?.[1])).toBeGreaterThan(0.98);
      expect(printed).toContain('calibration');
    },
    patience,
  );

  it(
    'finds the same in a file that gzip has packed',
    async () => {
      const text = Buffer.from([header, ...rows.flat()].join('\n'));
      for (const [name, content] of [
        ['plain', text],
        // Two members, as of two files that were packed one after the other.
        ['packed', Buffer.concat([gzipSync(text.subarray(0, 5_000)), gzipSync(text.subarray(5_000))])],
      ] as const) {
        const into = ['--out', path(`${name}-pairs.csv`), '--clusters', path(`${name}-clusters.csv`)];
        expect(await main(['dedupe', '--in', file(name, content), ...into])).toBe(0);
      }
      expect(lines('packed-pairs.csv')).toEqual(lines('plain-pairs.csv'));
      expect(lines('packed-clusters.csv')).toEqual(lines('plain-clusters.csv'));
      expect(lines('packed-clusters.csv')).toHaveLength(401);
    },
    patience,
  );

  it(
    'reads quotes, semicolons and a byte order mark',
    async () => {
      const quoted = [header, ...rows.flat()]
        .join('\r\n')
        .replaceAll(',', ';')
        .replaceAll('Elm St', '"Elm ""Old""\nSt"');
      expect(
        await main([
          'dedupe',
          '--in',
          file('quoted.csv', `\uFEFF${quoted}`),
          '--clusters',
          path('quoted-clusters.csv'),
        ]),
      ).toBe(0);
      expect(lines('quoted-clusters.csv')).toHaveLength(401);
    },
    patience,
  );

  it(
    'uses a model that train wrote, which explain explains',
    async () => {
      const map = 'id=rec_id,given=first_name,family=surname,birthDate=dob,street=address,postalCode=zip,phone=phone';
      expect(await main(['train', '--in', people(), '--map', map, '--model', path('model.json')])).toBe(0);
      expect(
        await main([
          'dedupe',
          '--in',
          people(),
          '--map',
          map,
          '--model',
          path('model.json'),
          '--out',
          path('again.csv'),
        ]),
      ).toBe(0);
      expect(complained.match(/train:/g)).toHaveLength(1);
      printed = '';
      expect(
        await main([
          'explain',
          '--in',
          people(),
          '--map',
          map,
          '--model',
          path('model.json'),
          '--left-id',
          'a7',
          '--right-id',
          'b7',
        ]),
      ).toBe(0);
      expect(printed).toMatch(/birthDate +same +\+\d+\.\d\d bits/);
      // What explain explains is what dedupe wrote with this model, and the parts add up to it.
      const [, , probability, weightBits] = lines('again.csv')
        .map((line) => line.split(','))
        .find(([left, right]) => left === 'a7' && right === 'b7')!;
      const bitsAfter = (name: string): number =>
        Number(new RegExp(`^${name} .* ([-+][\\d.]+) bits$`, 'm').exec(printed)?.[1]);
      expect(printed).toContain(`probability ${Number(probability).toFixed(6)} that they are one person`);
      expect(bitsAfter('weight_bits')).toBeCloseTo(Number(weightBits), 1);
      expect(bitsAfter('alone') + bitsAfter('others')).toBeCloseTo(Number(weightBits), 1);
    },
    patience,
  );

  it(
    'compares columns it knows nothing of',
    async () => {
      const map = 'id=rec_id,given=first_name,family=surname,text:where=address,category:area=zip';
      expect(await main(['dedupe', '--in', people(), '--map', map, '--out', path('extra.csv')])).toBe(0);
      expect(lines('extra.csv').length).toBeGreaterThan(150);
    },
    patience,
  );
});

describe('the threshold', () => {
  it(
    'decides how many people there are, and no pair',
    async () => {
      const run = async (threshold: string): Promise<number> => {
        const into = ['--out', path(`at-${threshold}.csv`), '--clusters', path(`people-${threshold}.csv`)];
        expect(await main(['dedupe', '--in', people(), ...into, '--threshold', threshold])).toBe(0);
        return new Set(lines(`people-${threshold}.csv`).map((line) => line.split(',')[1])).size - 1;
      };
      expect(await run('1')).toBe(400);
      expect(await run('0.95')).toBe(200);
      expect(lines('at-1.csv')).toEqual(lines('at-0.95.csv'));
    },
    patience,
  );
});

describe('link', () => {
  it(
    'pairs only across two files, whose identifiers may be the same',
    async () => {
      const left = file('left.csv', [header, ...rows.map(([a], i) => a!.replace(/^a\d+/, `${i}`))].join('\n'));
      const right = file('right.csv', [header, ...rows.map(([, b], i) => b!.replace(/^b\d+/, `${i}`))].join('\n'));
      expect(
        await main([
          'link',
          '--left',
          left,
          '--right',
          right,
          '--out',
          path('linked.csv'),
          '--clusters',
          path('linked-clusters.csv'),
        ]),
      ).toBe(0);
      expect(lines('linked-clusters.csv')[0]).toBe('id,cluster_id,side');
      printed = '';
      expect(
        await main(['evaluate', '--left', left, '--right', right, '--truth', 'who', '--pairs', path('linked.csv')]),
      ).toBe(0);
      expect(Number(/pairs at 0\.95: .*F1 ([\d.]+)/.exec(printed)?.[1])).toBeGreaterThan(0.98);
    },
    patience,
  );
});

describe('what is wrong is said with line, column and what to do, and nothing is written', () => {
  const bad = (content: string | Buffer): string[] => [
    'dedupe',
    '--in',
    file('bad.csv', content),
    '--out',
    path('never.csv'),
    '--clusters',
    path('never-clusters.csv'),
  ];

  it.each([
    [
      'an unclosed quote',
      'id,given,family\n1,Ann,Lee\n2,"Bo,Ray\n',
      'line 3: column 2: a quote is opened and not closed',
    ],
    ['text after a quote', 'id,given,family\n1,"Ann"x,Lee\n', 'line 2: column 2: text follows a closing quote'],
    ['a value too many', 'id,given,family\n1,Ann,Lee\n2,Bo,Ray,Jr\n', 'line 3: 4 values where the header has 3'],
    ['a value too few', 'id,given,family\n1,Ann\n', 'line 2: 2 values where the header has 3'],
    ['another encoding', Buffer.from('id,given,family\n1,Ann,Lee\n2,Jos\xe9,Ray\n', 'latin1'), 'line 3: not UTF-8'],
    [
      'an identifier twice',
      'id,given,family\n1,Ann,Lee\n2,Bo,Ray\n1,Cy,Fox\n',
      'line 4, column "id": the identifier "1" stands on line 2 already',
    ],
    [
      'a packed file that is cut off',
      gzipSync('id,given,family\n1,Ann,Lee\n2,Bo,Ray\n').subarray(0, 30),
      'what gzip has packed is damaged or cut off',
    ],
    ['a packed file with a fault', gzipSync('id,given,family\n1,Ann\n'), 'line 2: 2 values where the header has 3'],
    ['an empty identifier', 'id,given,family\n,Ann,Lee\n', 'line 2, column "id": the identifier is empty'],
    ['a column twice', 'id,given,given\n1,Ann,Lee\n', 'two columns are named "given"'],
    ['an empty file', '', 'is empty'],
    ['one record', 'id,given,family\n1,Ann,Lee\n', 'fewer than two records'],
    ['columns with unknown names', 'a,b\n1,2\n3,4\n', 'no column is known by its name'],
  ])(
    '%s',
    async (_, content, sentence) => {
      expect(await main(bad(content))).toBe(1);
      expect(complained).toContain(sentence);
      expect(complained).not.toContain('    at ');
      expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
    },
    patience,
  );

  it.each([
    ['a missing file', ['dedupe', '--in', path('nowhere.csv')], 1, 'cannot be read'],
    [
      'an unknown column',
      ['dedupe', '--in', people(), '--map', 'given=vorname'],
      1,
      'no column "vorname". It has: rec_id',
    ],
    ['an unknown field', ['dedupe', '--in', people(), '--map', 'shoe=zip'], 2, '"shoe" is no field'],
    [
      'an extra field twice',
      ['dedupe', '--in', people(), '--map', 'given=first_name,category:area=zip,category:area=who'],
      2,
      '"category:area" stands twice',
    ],
    ['an unknown option', ['dedupe', '--in', people(), '--fast', 'yes'], 2, 'This command takes'],
    ['a missing option', ['train', '--in', people()], 2, 'Missing: --model'],
    ['a threshold that is none', ['dedupe', '--in', people(), '--threshold', '95'], 2, 'must be a probability'],
    ['no model', ['dedupe', '--in', people(), '--model', path('people.csv')], 1, 'is not JSON'],
    [
      'a folder that is not there to write to',
      ['dedupe', '--in', people(), '--out', '/proc/pairs.csv'],
      1,
      'cannot be written',
    ],
    ['an unknown command', ['merge'], 2, 'hie-match dedupe'],
  ])(
    '%s',
    async (_, args, code, sentence) => {
      expect(await main(args)).toBe(code);
      expect(complained).toContain(sentence);
    },
    patience,
  );
});
