// Who may import whom. Each project carries exactly one `scope:*` and one `type:*` tag in its package.json;
// `test/boundaries` copies one forbidden import of each kind into a scratch file and expects it refused.

const frameworks = ['@nestjs/*', 'typeorm', 'pg', 'kafkajs', 'rxjs', 'reflect-metadata'];

const types = [
  { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:platform'] },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:platform', 'type:contract', 'type:domain'] },
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract'], bannedExternalImports: frameworks },
  {
    sourceTag: 'type:domain',
    onlyDependOnLibsWithTags: ['type:domain'],
    allowedExternalImports: ['jose', '@medplum/core', '@medplum/fhirtypes'],
  },
  {
    sourceTag: 'type:testing',
    onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:platform', 'type:testing'],
  },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:platform', 'type:testing', 'type:tool'],
  },
];

/** A service knows the shared libraries and itself; what it must learn of another it learns from a topic. */
const scopes = [
  'audit-ledger',
  'consent',
  'document-query',
  'gateway',
  'hospital-simulator',
  'identity-provider',
  'ledger-witness',
  'participants',
  'patient-index',
  'record-locator',
].map((service) => ({ sourceTag: `scope:${service}`, onlyDependOnLibsWithTags: ['scope:shared', `scope:${service}`] }));

export const production = [
  ...types,
  ...scopes,
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
];

/** Specs may also use the testing kit, and any external package. */
export const specs = production.map(({ sourceTag, onlyDependOnLibsWithTags }) => ({
  sourceTag,
  onlyDependOnLibsWithTags: sourceTag.startsWith('type:')
    ? [...onlyDependOnLibsWithTags, 'type:testing']
    : onlyDependOnLibsWithTags,
}));

/** Libraries that hold decisions only: no clock, no randomness, no I/O of their own. */
export const pureLibraries = [
  'consent-policy',
  'fhir',
  'ledger-entry',
  'ledger-report',
  'matching-engine',
  'population',
  'purpose-of-use',
  'transparency-log',
];
