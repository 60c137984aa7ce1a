import { type ServiceName, services } from '@hie/contracts';

import type { Leaf } from '../certificates/certificate-authority.js';
import { migrateSchemas } from '../exchange/migrate-schemas.js';
import { provisionDatabase, type ServiceDatabase } from '../exchange/provision-database.js';
import { provisionKafka } from '../exchange/provision-kafka.js';
import { LEDGER_ORIGIN, type ServicePlan, serviceProcess, urlOf } from '../exchange/service-processes.js';
import { type TrustMaterial, keyFilesIn, makeTrustMaterial } from '../exchange/trust-material.js';
import { freePorts } from '../free-port.js';
import type { Infrastructure } from '../infrastructure.js';
import type { RunFolder } from '../run/run-folder.js';
import type { ProcessSpec } from '../supervisor/process-spec.js';
import { type Supervisor, supervise } from '../supervisor/supervise.js';

/** What the index stands on: for whoever puts into its tables what a database from before would hold. */
export interface IndexGround {
  readonly database: ServiceDatabase;
  readonly trust: TrustMaterial;
}

export interface IndexServiceOptions {
  readonly run: RunFolder;
  readonly infrastructure: Infrastructure;
  /** How many processes; 1 unless said. */
  readonly instances?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Arguments of Node.js beside those of every service. */
  readonly nodeArguments?: readonly string[];
  /** How long an instance may build its index before it is ready. */
  readonly readyWithinMs?: number;
}

/** The patient index alone: its real processes on Kafka and PostgreSQL. Whoever holds `gatewayLeaf` and the gateway's keys can stand in for it. */
export interface IndexService {
  /** Of each instance's door, in order. */
  readonly urls: readonly string[];
  readonly supervisor: Supervisor;
  readonly gatewayLeaf: Leaf;
  readonly ground: IndexGround;
  stop(): Promise<void>;
}

/** Who mints transaction tokens for it: whoever stands in for the gateway. */
export const INDEX_TOKEN_ISSUER = 'https://gateway.stand-in';

export const instanceName = (at: number): string => `patient-index-${at}`;

/** Starts the patient index without the rest of the exchange. On a failure nothing is left. */
export async function startIndexService(options: IndexServiceOptions): Promise<IndexService> {
  const { run, infrastructure, instances = 1 } = options;
  const { certificates } = infrastructure;
  const further = Array.from({ length: instances - 1 }, (_, at) => String(at + 1));
  const trust = makeTrustMaterial(run.folder('trust'), LEDGER_ORIGIN, { instances: { 'patient-index': further } });
  run.folder('objects');
  const [databases] = await Promise.all([
    provisionDatabase(infrastructure.postgres),
    provisionKafka(infrastructure.kafka),
  ]);
  const database = databases.get('patient-index');
  if (database === undefined) throw new RangeError('The patient index has no schema.');
  await migrateSchemas({
    ...{ databases, services: ['patient-index'], caPath: certificates.certificatePath },
    logFile: run.log('migrations'),
  });
  const leaves = new Map(
    await Promise.all(
      (['patient-index', 'gateway'] as const).map(async (name) => [name, await certificates.leaf(name)] as const),
    ),
  );
  const gatewayLeaf = leaves.get('gateway');
  if (gatewayLeaf === undefined) throw new RangeError('The gateway has no certificate.');
  const ports = await freePorts(instances);
  // No witness, and nobody who registers: nothing that runs here reads of either.
  const unread = { witnessesPath: '', udap: { leaf: gatewayLeaf, trustPath: '' } };
  const plans = ports.map((port): ServicePlan => ({
    ...{ run, infrastructure, trust, databases, leaves, ...unread },
    ports: new Map<ServiceName, number>(services.map((service) => [service, port])),
  }));
  const supervisor = await supervise(plans.map((plan, at) => instanceProcess(plan, at, options)));
  const urls = plans.map((plan) => urlOf(plan.ports, 'patient-index'));
  return { urls, supervisor, gatewayLeaf, ground: { database, trust }, stop: () => supervisor.stop() };
}

function instanceProcess(plan: ServicePlan, at: number, options: IndexServiceOptions): ProcessSpec {
  const process = serviceProcess(plan, 'patient-index');
  const name = instanceName(at);
  return {
    ...process,
    name,
    args: [...(options.nodeArguments ?? []), ...process.args],
    env: {
      ...process.env,
      HIE_INSTANCE: String(at),
      KEY_FILE: keyFilesIn(plan.trust.folder, 'patient-index', String(at)).keyFile,
      TOKEN_ISSUER: INDEX_TOKEN_ISSUER,
      INDEX_SNAPSHOT_DIR: plan.run.folder(`index-${at}`),
      ...options.environment,
    },
    logFile: plan.run.log(name),
    ...(options.readyWithinMs === undefined ? {} : { readyWithinMs: options.readyWithinMs }),
  };
}
