import { OPERATOR, type ServiceName, services } from '@hie/contracts';
import { OAuthClient, type OAuthClientOptions } from '@hie/exchange-client';

import { formatVerifierKey, keyOfOrigin, parseVerifierKey, shardAt, shardOrigin } from '@hie/transparency-log';

import { keepRenewed } from '../certificates/keep-renewed.js';
import type { Exchange, ExchangeOptions } from '../exchange-seam.js';
import { freePorts } from '../free-port.js';
import { type Supervisor, supervise } from '../supervisor/supervise.js';
import { feedPatients, registerMembers, waitForPointers } from './bring-in-members.js';
import { type HospitalPopulation, type SimulatedHospital, inventHospitals, simulatorProcess } from './hospitals.js';
import { localTrustCommunity } from './local-trust-community.js';
import { type Ground, prepareGround } from './ground.js';
import { migrateSchemas } from './migrate-schemas.js';
import { keepRotated } from './keep-rotated.js';
import { type KeyVault, fileVault } from '@hie/key-store';
import { rotateKeys } from './rotate-keys.js';
import {
  LEDGER_ORIGIN,
  type ServicePlan,
  replicaInstance,
  replicaProcesses,
  serviceProcesses,
  issuerOf,
  urlOf,
} from './service-processes.js';
import { type TrustMaterial, makeTrustMaterial } from './trust-material.js';
import { WITNESSES, localWitnesses } from './witnesses.js';

/** Choices that only tests and benchmarks make. */
export interface CompositionOptions extends ExchangeOptions {
  readonly hospitals?: number;
  readonly people?: number;
  readonly seed?: number;
  /** Whether the hospitals send their patients before the exchange counts as started; yes unless said. */
  readonly feed?: boolean;
  readonly overrides?: ServicePlan['overrides'];
  readonly otlpEndpoint?: string;
  /** How many replicas of the ledger to start beside it; none unless said. */
  readonly ledgerReplicas?: number;
  /** Where what services sign with is kept; in their key files unless said. Closed by whoever opened it. */
  readonly vault?: KeyVault;
}

/** A running exchange, with what only its own tests may hold: the processes and the operator's client. */
export interface ComposedExchange extends Exchange {
  readonly supervisor: Supervisor;
  readonly operator: OAuthClient;
  readonly hospitals: readonly SimulatedHospital[];
  /** The simulator's admin API. */
  readonly simulatorUrl: string;
  readonly trust: TrustMaterial;
  /** Where each service listens. */
  readonly urls: ReadonlyMap<ServiceName | 'hospital-simulator', string>;
  /** Where replicas of the ledger listen. */
  readonly replicaUrls: readonly string[];
  /** A client of a member, as its EMR would be one. */
  clientOf(hospital: SimulatedHospital): OAuthClient;
  /** The member's EMR at its own FHIR server. */
  ownClientOf(hospital: SimulatedHospital): OAuthClient;
}

const HOSPITALS = 4;
const PEOPLE = 400;
const SEED = 20_260_101;

/**
 * Starts every service of the exchange and its simulated members on a running infrastructure, and brings the members in. On a failure
 * nothing is left.
 */
export async function startExchange(options: CompositionOptions): Promise<ComposedExchange> {
  const ground = await prepareGround(options.infrastructure);
  try {
    const exchange = await startOn(ground, options);
    const stop = async (): Promise<void> => {
      await exchange.stop();
      await ground.release();
    };
    return { ...exchange, stop };
  } catch (error) {
    await ground.release();
    throw error;
  }
}

async function startOn({ databases, databaseUrl }: Ground, options: CompositionOptions): Promise<ComposedExchange> {
  const { run, infrastructure, onProgress = () => undefined, vault = fileVault } = options;
  const { certificates } = infrastructure;
  const { ledgerReplicas = 0 } = options;
  const chosen = await freePorts(ledgerReplicas + services.length + (options.hospitals ?? HOSPITALS) + 1 + WITNESSES);
  const [replicaPorts, ports] = [chosen.slice(0, ledgerReplicas), chosen.slice(ledgerReplicas)];
  const [adminPort = 0, ...witnessPorts] = ports.slice(-1 - WITNESSES);
  const servicePorts = new Map(services.map((service, at) => [service, ports[at] ?? 0]));
  const hospitals = inventHospitals(ports.slice(services.length, -1 - WITNESSES));
  const trust = makeTrustMaterial(run.folder('trust'), LEDGER_ORIGIN, {
    vault,
    instances: { 'audit-ledger': replicaPorts.map((_port, at) => replicaInstance(at)) },
  });
  const leaves = new Map(
    await Promise.all(services.map(async (name) => [name, await certificates.leaf(name)] as const)),
  );
  const ledgerUrl = urlOf(servicePorts, 'audit-ledger');
  const ledger = { url: `${ledgerUrl}/log/`, verifierKey: trust.ledgerVerifierKey };
  const shard = shardAt(Date.now());
  const shardKey = keyOfOrigin(parseVerifierKey(ledger.verifierKey), shardOrigin(LEDGER_ORIGIN, shard));
  const {
    processes: witnessProcesses,
    path: witnessesPath,
    quorum,
    witnesses,
  } = await localWitnesses({
    ...{ run, certificates, ledger },
    ports: witnessPorts,
  });
  run.folder('objects');
  const caPath = infrastructure.postgres.caPath ?? certificates.certificatePath;
  await migrateSchemas({ databases, services, caPath, logFile: run.log('migrations') });
  onProgress(`${'topics'.padEnd(11)}created, with access list; ${services.length} schemas`);

  const udap = await localTrustCommunity(run, certificates, `${urlOf(servicePorts, 'gateway')}/fhir`);
  const plan: ServicePlan = {
    ...{ run, infrastructure, trust, databases, leaves, witnessesPath, replicaPorts, udap },
    ports: servicePorts,
    keyEnvironment: vault.environment,
    ...pick(options),
  };
  const gatewayUrl = urlOf(servicePorts, 'gateway');
  const tokenUrl = `${urlOf(servicePorts, 'identity-provider')}/token`;
  const simulatorUrl = `http://127.0.0.1:${adminPort}`;
  const population = populationOf(options);
  const specs = [
    ...serviceProcesses(plan),
    ...replicaProcesses(plan),
    ...witnessProcesses,
    await simulatorProcess({ run, certificates, trust, hospitals, adminPort, population, gatewayUrl, tokenUrl }),
  ];
  const supervisor = await supervise(specs, {
    onReady: (name, tookMs) => onProgress(`${name.padEnd(20)}ready (${(tookMs / 1000).toFixed(1)} s)`),
  });
  const renewal = keepRenewed(
    certificates,
    [...leaves.values(), udap.leaf],
    // A service watches its certificate and takes the new one while it runs.
    () => Promise.resolve(),
    (error) => process.emitWarning(error instanceof Error ? error : String(error)),
  );
  const rotation = keepRotated(
    run.folder('trust'),
    (error) => process.emitWarning(error instanceof Error ? error : String(error)),
    (folder) => rotateKeys(folder, Date.now, vault),
  );

  const ca = certificates.certificate;
  const clients: OAuthClient[] = [];
  const client = (options: Omit<OAuthClientOptions, 'ca'>) => {
    const made = new OAuthClient({ ...options, ca });
    clients.push(made);
    return made;
  };
  const memberClient = ({ client: { id, privateJwk }, organizationId }: SimulatedHospital, tokenUrl: string) =>
    client({ clientId: id, privateJwk, organizationId, tokenUrl });
  const { privateJwk } = trust.operator.client;
  const operator = client({ clientId: OPERATOR, privateJwk, organizationId: OPERATOR, tokenUrl });
  const stop = async (): Promise<void> => {
    renewal.stop();
    rotation.stop();
    await Promise.all(clients.map((each) => each.close()));
    await supervisor.stop();
  };
  try {
    await registerMembers(operator, gatewayUrl, hospitals, ca);
    onProgress(`${'members'.padEnd(11)}${hospitals.length} brought in`);
    if (options.feed !== false) {
      const sent = await feedPatients(simulatorUrl, hospitals, () => undefined);
      await waitForPointers(infrastructure.kafka);
      onProgress(`${'patients'.padEnd(11)}${sent} records fed`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    description: {
      gateway: { url: gatewayUrl, fhirUrl: `${gatewayUrl}/fhir` },
      identityProvider: { tokenUrl, issuer: issuerOf(servicePorts) },
      ledger: {
        ...{
          url: `${ledger.url}${shard}/`,
          verifierKey: formatVerifierKey(shardKey),
          shardsUrl: `${ledger.url}shards`,
        },
        ...{ checkpointsUrl: `${ledgerUrl}/checkpoints`, quorum, witnesses: [...witnesses] },
      },
      caCertificate: certificates.certificatePath,
      kafka: { brokers: infrastructure.kafka.brokers },
      database: { url: databaseUrl },
      operator: { organizationId: OPERATOR, client: trust.operator.client },
      hospitals: hospitals.map((hospital) => ({
        name: hospital.name,
        organizationId: hospital.organizationId,
        client: {
          id: hospital.client.id,
          privateJwk: hospital.client.privateJwk as Record<string, unknown>,
          scopes: [...hospital.client.scopes],
          purposes: [...hospital.client.purposes],
        },
        adminUrl: `${simulatorUrl}/admin/hospitals/${hospital.id}`,
      })),
    },
    failure: supervisor.failure,
    stop,
    supervisor,
    operator,
    hospitals,
    simulatorUrl,
    trust,
    urls: new Map([
      ...services.map((service) => [service, urlOf(servicePorts, service)] as const),
      ['hospital-simulator', simulatorUrl] as const,
    ]),
    replicaUrls: replicaPorts.map((port) => `https://127.0.0.1:${port}`),
    clientOf: (hospital) => memberClient(hospital, tokenUrl),
    ownClientOf: (hospital) => memberClient(hospital, hospital.tokenUrl),
  };
}

function populationOf({ bundles, seed = SEED, people = PEOPLE }: CompositionOptions): HospitalPopulation {
  return bundles === undefined ? { seed, people } : { bundles };
}

const pick = ({ overrides, otlpEndpoint }: CompositionOptions): Pick<ServicePlan, 'overrides' | 'otlpEndpoint'> => ({
  ...(overrides === undefined ? {} : { overrides }),
  ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }),
});
