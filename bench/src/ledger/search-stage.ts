import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { certificateAuthority, openRun, startPostgres } from '@hie/local-exchange';
import { migrate } from '@hie/persistence';
import pg from 'pg';
import type { MigrationInterface } from 'typeorm';

const SERVICE = fileURLToPath(new URL('../../../apps/audit-ledger/dist/', import.meta.url));
const SCHEMA = 'audit_ledger';

/** The service's own statement of a page (`entry-criteria.ts`), which has no part of the service above it. */
export type EntryStatement = (
  columns: string,
  criteria: readonly object[],
  beforeIndex: number,
  limit: number,
) => { readonly text: string; readonly values: unknown[] };

/** A PostgreSQL of its own with the projection of the ledger, by the service's own migrations. */
export interface SearchStage {
  readonly pool: pg.Pool;
  readonly statement: EntryStatement;
  stop(): Promise<void>;
}

/** Sets the stage in a run folder of its own; on a failure nothing is left. */
export async function setSearchStage(): Promise<SearchStage> {
  const run = openRun('bench-ledger-search');
  try {
    const certificates = await certificateAuthority(run.folder('certificates'));
    const postgres = await startPostgres({
      folder: run.folder('postgres'),
      logFile: run.log('postgres'),
      certificates,
    });
    const pool = new pg.Pool({ connectionString: postgres.url, max: 2, options: `-c search_path=${SCHEMA}` });
    const stop = async (): Promise<void> => {
      await pool.end();
      await postgres.stop();
      run.release();
    };
    try {
      await pool.query(`create schema ${SCHEMA}`);
      const settings = { url: postgres.url, caPath: certificates.certificatePath, schema: SCHEMA };
      await migrate(postgres.url, settings, { entities: [], migrations: await migrations() });
      const { entryStatement } = (await import(
        pathToFileURL(`${SERVICE}search-audit-events/entry-criteria.js`).href
      )) as { entryStatement: EntryStatement };
      return { pool, statement: entryStatement, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    run.release();
    throw error;
  }
}

async function migrations(): Promise<(new () => MigrationInterface)[]> {
  const folder = `${SERVICE}persistence/migrations/`;
  const files = readdirSync(folder).filter((file) => /^\d+-.*\.js$/.test(file));
  const modules = await Promise.all(files.sort().map((file) => import(pathToFileURL(`${folder}${file}`).href)));
  return modules.flatMap((module: Record<string, new () => MigrationInterface>) => Object.values(module));
}
