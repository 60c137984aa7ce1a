import { readFileSync } from 'node:fs';

import { DataSource, type QueryRunner } from 'typeorm';

import type { TestSchema } from './test-database.js';

/** Runs the part of a migration that makes tables, in a test schema. */
export async function applyIn(schema: TestSchema, make: (runner: QueryRunner) => Promise<void>): Promise<void> {
  const source = await new DataSource({
    type: 'postgres',
    url: schema.url,
    installExtensions: false,
    ssl: { ca: readFileSync(schema.caPath, 'utf8') },
    extra: { options: `-c search_path=${schema.name}` },
  }).initialize();
  try {
    await make(source.createQueryRunner());
  } finally {
    await source.destroy();
  }
}
