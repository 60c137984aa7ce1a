// A process of its own and of a few seconds: the owners of the schemas are known to it and to no service.
import { join } from 'node:path';

import { type DatabaseModel, migrate } from '@hie/persistence';

import { checkout } from '../../setup/cache.mjs';
import type { SchemaToMigrate } from './migrate-schemas.js';

const schemas = JSON.parse(process.env['SCHEMAS'] ?? '[]') as readonly SchemaToMigrate[];
await Promise.all(
  schemas.map(async ({ service, schema, ownerUrl, caPath }) => {
    const path = join(checkout, 'apps', service, 'dist', 'persistence', 'model.js');
    const { model } = (await import(path)) as { readonly model: DatabaseModel };
    await migrate(ownerUrl, { url: ownerUrl, caPath, schema, applicationName: `${service}-migration` }, model);
  }),
);
