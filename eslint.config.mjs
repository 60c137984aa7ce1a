import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

import { production, pureLibraries, specs } from './eslint.boundaries.mjs';

const specFiles = ['**/*.spec.ts', '**/*.int-spec.ts'];

const boundaries = (depConstraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { enforceBuildableLibDependency: false, banTransitiveDependencies: true, allow: [], depConstraints },
  ],
});

export default tseslint.config(
  { ignores: ['**/dist/**', 'apps/*/bundle/**', '**/node_modules/**', '.run/**', '.nx/**', 'coverage/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    plugins: { '@nx': nx },
    // A class named in a decorated constructor is a value: Nest reads it from the metadata.
    languageOptions: { parserOptions: { emitDecoratorMetadata: true, experimentalDecorators: true } },
    rules: {
      ...boundaries(production),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export: `export { x } from`.' },
        {
          selector: 'NewExpression[callee.name=/Error$/] > TemplateLiteral.arguments > MemberExpression',
          message: 'Error messages are static; put data beside them, so that no patient data can slip in.',
        },
      ],
    },
  },
  {
    files: specFiles,
    rules: {
      ...boundaries(specs),
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Why a test is skipped: the reporter hears a file's console and not its streams.
      'no-console': ['error', { allow: ['info'] }],
    },
  },
  {
    // One library speaks to Kafka, so that its client can be changed in one place (docs/adr/0003).
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['libs/messaging/**'],
    rules: {
      'no-restricted-imports': ['error', { name: 'kafkajs', message: 'Speak to Kafka through @hie/messaging.' }],
    },
  },
  {
    // Nx does not see Node's own modules, so purity is held by core rules.
    files: pureLibraries.map((name) => `libs/${name}/src/**/*.ts`),
    ignores: specFiles,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!node:crypto$)(node:|fs|path|net|http|os|child_process)',
              message: 'A pure library does no I/O.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'console', 'setTimeout', 'setInterval', 'setImmediate'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Take randomness as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export: `export { x } from`.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time as an argument.' },
      ],
    },
  },
  {
    files: ['deploy/local/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts', 'apps/hie*/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
