import { join } from 'node:path';

import type { ServiceName } from '@hie/contracts';

import { checkout } from '../../setup/cache.mjs';
import { runProgram } from '../process/run-program.js';
import { type ServiceDatabase, schemaOf } from './provision-database.js';

/** A schema and who owns it, as the process that migrates is told. */
export interface SchemaToMigrate {
  readonly service: ServiceName;
  readonly schema: string;
  readonly ownerUrl: string;
  readonly caPath: string;
}

export interface MigrationPlan {
  readonly databases: ReadonlyMap<ServiceName, ServiceDatabase>;
  readonly services: readonly ServiceName[];
  readonly caPath: string;
  readonly logFile: string;
}

/** As it is built: a test runs this file from its source. */
const PROGRAM = join(checkout, 'deploy', 'local', 'dist', 'exchange', 'migrate-schemas.process.js');

/**
 * Brings the schemas of services up to date before they start, as their owners: a service is never told who owns its schema, so that
 * nothing that gets hold of it can change a table or take a trigger away.
 *
 * @throws LocalExchangeError `process-ended` naming the log
 */
export function migrateSchemas({ databases, services, caPath, logFile }: MigrationPlan): Promise<void> {
  const schemas = services.map((service): SchemaToMigrate => {
    const ownerUrl = databases.get(service)?.migrationUrl;
    if (ownerUrl === undefined) throw new RangeError('A service was planned without its schema.');
    return { service, schema: schemaOf(service), ownerUrl, caPath };
  });
  const env = { SCHEMAS: JSON.stringify(schemas), NODE_ENV: 'production' };
  return runProgram(process.execPath, ['--enable-source-maps', PROGRAM], { name: 'migrations', env, logFile });
}
