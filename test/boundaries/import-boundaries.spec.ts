// The guard of the guard: one forbidden import of each kind, at a real place, must be refused, and its legal counterpart not.
import { type Source, type Verdict, lintSources } from './lint-sources.js';

const NX = '@nx/enforce-module-boundaries';
const importing = (specifier: string): string => `import { thing } from '${specifier}';\nexport const used = thing;\n`;

/** A place, what stands there, and what the linter must say about it. */
type Row = readonly [place: string, code: string, ...verdict: string[]];

const external: readonly Row[] = [
  ...['@nestjs/common', 'kafkajs', 'pg', 'typeorm', 'rxjs'].flatMap((framework): Row[] => [
    ['libs/fhir/src/probe.ts', importing(framework), `${NX}/bannedExternalImportsViolation`],
    ['libs/contracts/src/probe.ts', importing(framework), `${NX}/bannedExternalImportsViolation`],
  ]),
  ['libs/fhir/src/probe.ts', importing('@medplum/fhirtypes')],
  ['libs/contracts/src/probe.ts', importing('zod')],
  ['apps/consent/src/probe.ts', importing('@nestjs/common')],
  ['libs/persistence/src/probe.ts', importing('pg')],
  // Installed for somebody else in the workspace, not listed by this package.
  ['apps/consent/src/probe.ts', importing('oidc-provider'), `${NX}/noTransitiveDependencies`],
];

const kafka: readonly Row[] = [
  ['apps/gateway/src/probe.ts', importing('kafkajs'), 'no-restricted-imports/pathWithCustomMessage'],
  ['apps/gateway/src/probe.spec.ts', importing('kafkajs'), 'no-restricted-imports/pathWithCustomMessage'],
  ['libs/service-kit/src/probe.ts', importing('kafkajs'), 'no-restricted-imports/pathWithCustomMessage'],
  ['libs/messaging/src/probe.ts', importing('kafkajs')],
  ['deploy/local/src/probe.ts', importing('kafkajs')],
  ['bench/src/probe.ts', importing('kafkajs')],
  ['test/faults/probe.ts', importing('kafkajs')],
];

const between: readonly Row[] = [
  ['libs/fhir/src/probe.ts', importing('@hie/contracts'), `${NX}/onlyTagsConstraintViolation`],
  ['libs/fhir/src/probe.ts', importing('@hie/messaging'), `${NX}/onlyTagsConstraintViolation`],
  ['libs/consent-policy/src/probe.ts', importing('@hie/purpose-of-use')],
  ['libs/contracts/src/probe.ts', importing('@hie/fhir'), `${NX}/onlyTagsConstraintViolation`],
  ['libs/telemetry/src/probe.ts', importing('@hie/testing-kit'), `${NX}/onlyTagsConstraintViolation`],
  ['libs/service-kit/src/probe.ts', importing('@hie/messaging')],
  ['libs/persistence/src/probe.ts', importing('@hie/messaging'), `${NX}/noCircularDependencies`],
  ['apps/gateway/src/probe.ts', importing('@hie/testing-kit'), `${NX}/onlyTagsConstraintViolation`],
  ['apps/gateway/src/probe.spec.ts', importing('@hie/testing-kit')],
  ['apps/gateway/src/probe.int-spec.ts', importing('@hie/testing-kit')],
  ['apps/gateway/src/probe.ts', importing('@hie/local-exchange'), `${NX}/onlyTagsConstraintViolation`],
  ['libs/service-kit/src/probe.ts', importing('@hie/local-exchange'), `${NX}/onlyTagsConstraintViolation`],
  ['apps/gateway/src/probe.ts', importing('@hie/service-kit')],
];

// No application has an entrance, so its name leads nowhere; the way round by its files is refused as well.
const applications: readonly Row[] = [
  ['apps/gateway', 'libs/fhir', 'libs/service-kit', 'apps/hie', 'deploy/local'].map((place): Row => [
    `${place}/src/probe.ts`,
    importing('@hie/consent'),
    `${NX}/noTransitiveDependencies`,
  ]),
  ['apps/gateway', 'libs/service-kit', 'libs/fhir'].map((place): Row => [
    `${place}/src/probe.ts`,
    importing('../../../apps/consent/src/persistence/model.js'),
    `${NX}/noRelativeOrAbsoluteImportsAcrossLibraries`,
  ]),
  [['apps/consent/src/probe.ts', importing('./persistence/model.js')] as Row],
].flat();

const internals: readonly Row[] = [
  ['apps/gateway/src/probe.ts', importing('@hie/fhir/src/index.js'), `${NX}/noTransitiveDependencies`],
  ['apps/gateway/src/probe.ts', importing('@hie/fhir/dist/index.js'), `${NX}/noTransitiveDependencies`],
  [
    'apps/gateway/src/probe.ts',
    importing('../../../libs/fhir/src/index.js'),
    `${NX}/noRelativeOrAbsoluteImportsAcrossLibraries`,
  ],
  ['apps/gateway/src/probe.ts', importing('@hie/fhir')],
  ['apps/gateway/src/edge/probe.ts', importing('../http/outcome-error.js')],
];

const purity: readonly Row[] = [
  ['libs/fhir/src/probe.ts', importing('node:fs'), 'no-restricted-imports/patternWithCustomMessage'],
  ['libs/fhir/src/probe.ts', importing('node:crypto')],
  ['libs/fhir/src/probe.spec.ts', importing('node:fs')],
  ['libs/fhir/src/probe.ts', 'export const now = Date.now();\n', 'no-restricted-properties/restrictedObjectProperty'],
  ['libs/fhir/src/probe.ts', 'export const now = new Date();\n', 'no-restricted-syntax/restrictedSyntax'],
  ['libs/fhir/src/probe.ts', 'export const then = new Date(0);\n'],
  ['libs/fhir/src/probe.ts', 'export const n = Math.random();\n', 'no-restricted-properties/restrictedObjectProperty'],
  ['libs/fhir/src/probe.ts', 'export const { env } = process;\n', 'no-restricted-globals/defaultMessage'],
  ['apps/gateway/src/probe.ts', 'export const now = Date.now();\n'],
  ['libs/fhir/src/probe.ts', "export * from './index.js';\n", 'no-restricted-syntax/restrictedSyntax'],
  ['apps/gateway/src/probe.ts', "export * from './index.js';\n", 'no-restricted-syntax/restrictedSyntax'],
  ['apps/gateway/src/probe.ts', '//\n'.repeat(401), 'max-lines/exceed'],
  ['apps/gateway/src/probe.ts', '//\n'.repeat(400)],
];

const groups = { external, kafka, between, applications, internals, purity };

describe('the lint', () => {
  const rows = Object.values(groups).flat();
  let verdicts: ReadonlyMap<Row, Verdict>;
  beforeAll(async () => {
    const found = await lintSources(rows.map(([path, code]): Source => ({ path, code })));
    verdicts = new Map(rows.map((row, at) => [row, found[at] ?? ['no verdict']]));
  });

  describe.each(Object.entries(groups))('of %s', (_group, ofGroup) => {
    const shown = ofGroup.map((row) => [row[0], row[1].split('\n', 1)[0], row.slice(2), row] as const);

    it.each(shown.filter(([, , forbidden]) => forbidden.length > 0))(
      'in %s refuses %s by %j',
      (_place, _code, rules, row) => {
        expect(verdicts.get(row)).toEqual(expect.arrayContaining(rules));
      },
    );

    it.each(shown.filter(([, , forbidden]) => forbidden.length === 0))(
      'in %s allows %s',
      (_place, _code, _none, row) => {
        expect(verdicts.get(row)).toEqual([]);
      },
    );
  });
});
