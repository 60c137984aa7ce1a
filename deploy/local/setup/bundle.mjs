// Puts a service and the packages it uses into one file, `bundle/main.js`: two thousand files opened, read and resolved one by one
// are most of a start (docs/adr/0019). Runs as the last step of a service's build, in the service's folder.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { decode, encode } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';

/**
 * Packages that others load only where they are installed or asked for. They stay outside, so that what is missing is told as before. All else
 * must be found: the build fails otherwise.
 */
const LEFT_OUT = [
  // Nest: other transports, platforms and doors.
  ...['@fastify/multipart', '@fastify/static', '@fastify/view', '@nestjs/platform-express', '@nestjs/websockets'],
  ...['@grpc/grpc-js', '@grpc/proto-loader', '@nats-io/transport-node', 'amqp-connection-manager', 'amqplib', 'mqtt'],
  ...['ioredis', 'class-transformer', 'class-validator'],
  // Terminus: what else it could ask for its health.
  ...['@mikro-orm/core', '@nestjs/axios', '@nestjs/mongoose', '@nestjs/sequelize'],
  // TypeORM: other databases.
  ...['@google-cloud/spanner', '@sap/hana-client', 'better-sqlite3', 'mongodb', 'mssql', 'mysql', 'mysql2', 'oracledb'],
  ...['pg-native', 'pg-query-stream', 'react-native-sqlite-storage', 'redis', 'sql.js', 'sqlite3'],
  'typeorm-aurora-data-api-driver',
  // Loaded when spans are exported; it finds the one API by a symbol of the process.
  '@opentelemetry/sdk-node',
  // Loaded when somebody wants a PDF; it reads its fonts from beside itself.
  'pdfkit',
];

/** `require` for packages in CommonJS that ask for Node.js' own modules, and what they take for granted beside it. */
const PRELUDE = [
  'import{createRequire as hieCreateRequire}from"node:module"',
  'const require=hieCreateRequire(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;',
].join(';');

/**
 * Node.js makes a module of `node:http` by reading every export of it, and two of them load a second HTTP client, undici. Read through
 * `process`, the module loads what is used of it: a sixth of a start.
 */
const httpWithoutItsClient = {
  name: 'http-without-its-client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, () => ({ path: 'http', namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
  },
};

const OWN_REQUIRE = 'const require = createRequire(import.meta.url);';

/** One file hides from bundlers that it loads TypeORM, and would load all of it a second time, beside the one in the bundle. */
const oneTypeOrm = {
  name: 'one-typeorm',
  setup({ onLoad }) {
    onLoad({ filter: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes(OWN_REQUIRE)) throw new Error(`${path} no longer loads TypeORM as it did`);
      return { contents: contents.replace(OWN_REQUIRE, '') };
    });
  },
};

/** As seen from a bundle: the service's own sources, or those of the libraries. */
const OWN = /^\.\.\/(src|\.\.\/\.\.\/libs\/[^/]+\/src)\//;

/**
 * A source map with the project's own files alone. Node.js reads a map when it loads the file, and those of the packages are many times as
 * large; their frames stand as positions in the bundle.
 *
 * @template {{ sources: string[], names: string[], mappings: string }} M
 * @param {M} map source map, revision 3
 * @returns {M}
 */
export function ownFrames(map) {
  const [sources, names] = [kept(map.sources), kept(map.names)];
  const isOwn = ([, source]) => source !== undefined && OWN.test(map.sources[source]);
  // Where an own part ends is said too, on a later line if need be: its last position would go on to the next one otherwise.
  let isInOwn = false;
  const lines = decode(map.mappings).map((segments) => {
    const ended = isInOwn && !(segments[0]?.[0] === 0 && isOwn(segments[0])) ? [[0]] : [];
    if (ended.length > 0) isInOwn = false;
    const own = segments.flatMap((segment) => {
      const wasInOwn = isInOwn;
      isInOwn = isOwn(segment);
      const [column, source, line, from, name] = segment;
      if (!isInOwn) return wasInOwn ? [[column]] : [];
      return [[column, sources.place(source), line, from, ...(name === undefined ? [] : [names.place(name)])]];
    });
    return [...ended, ...own];
  });
  return { ...map, mappings: encode(lines), sources: sources.all, names: names.all };
}

/** The members of a list that are still pointed at, and where they stand now. */
function kept(list) {
  const places = new Map();
  const all = [];
  const place = (was) => {
    if (!places.has(was)) places.set(was, all.push(list[was]) - 1);
    return places.get(was);
  };
  return { all, place };
}

/**
 * The same program in ASCII. Node.js decodes a file with one other character into two bytes for every character, and V8 keeps the text as long as
 * the process lives: seven megabytes more for each service. esbuild escapes such characters everywhere but in regular expressions. (What
 * stands behind one on its line, the source map places five columns too far left.)
 *
 * @param {string} text
 * @throws Error when a backslash stands before such a character: there the escape would mean something else.
 */
export function inAscii(text) {
  const escaped = /\\[^\x00-\x7f]/.exec(text);
  if (escaped !== null) throw new Error(`The bundle has a character at ${escaped.index} that can't be escaped.`);
  return text.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function bundle(folder) {
  const outfile = join(folder, 'bundle', 'main.js');
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'dist', 'main.js')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: PRELUDE },
    external: LEFT_OUT,
    plugins: [httpWithoutItsClient, oneTypeOrm],
    // Nest and TypeORM show the names of classes, and kafkajs makes the names of its errors of them.
    keepNames: true,
    // The text of a module stays in memory: a third less of it. Names are kept for the stack traces.
    minifyWhitespace: true,
    lineLimit: 120,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  });
  mkdirSync(dirname(outfile), { recursive: true });
  for (const { path, text } of outputFiles) {
    writeFileSync(path, path.endsWith('.map') ? JSON.stringify(ownFrames(JSON.parse(text))) : inAscii(text));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundle(process.cwd());
