import { join } from 'node:path';

import { type ServiceName, services } from '@hie/contracts';

import { checkout } from '../../setup/cache.mjs';
import type { Leaf } from '../certificates/certificate-authority.js';
import { type Infrastructure, isOwn } from '../infrastructure.js';
import type { RunFolder } from '../run/run-folder.js';
import type { ProcessSpec } from '../supervisor/process-spec.js';
import { serviceAllocatorEnvironment, serviceNodeArguments } from './node-arguments.js';
import type { ServiceDatabase } from './provision-database.js';
import { type TrustMaterial, keyFilesIn } from './trust-material.js';

export const TRUST_DOMAIN = 'hie.example';
export const LEDGER_ORIGIN = 'hie.example/ledger';

export interface ServicePlan {
  readonly run: RunFolder;
  readonly infrastructure: Infrastructure;
  readonly trust: TrustMaterial;
  readonly databases: ReadonlyMap<ServiceName, ServiceDatabase>;
  readonly ports: ReadonlyMap<ServiceName, number>;
  readonly leaves: ReadonlyMap<ServiceName, Leaf>;
  /** Where replicas of the ledger listen; none unless said. */
  readonly replicaPorts?: readonly number[];
  /** What the ledger reads of its witnesses. */
  readonly witnessesPath: string;
  /** The gateway's certificate for what it signs (UDAP), and the trust community of the identity provider. */
  readonly udap: { readonly leaf: Leaf; readonly trustPath: string };
  /** Settings for single services, beyond those of this file; for tests and benchmarks. */
  readonly overrides?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** How services find the keys that are not in their key files. */
  readonly keyEnvironment?: Readonly<Record<string, string>>;
  /** Where spans go, for a test that reads them. */
  readonly otlpEndpoint?: string;
}

export const urlOf = (ports: ServicePlan['ports'], service: ServiceName): string =>
  `https://127.0.0.1:${ports.get(service)}`;

/** A passkey belongs to a host by name, and 127.0.0.1 is none: people's browsers know the provider as `localhost`. */
export const issuerOf = (ports: ServicePlan['ports']): string => `https://localhost:${ports.get('identity-provider')}`;

/** Where a sign-in leads back to: an application on this machine, at whatever port it listens (RFC 8252, section 7.3). */
export const CONSOLE_REDIRECT_URI = 'http://127.0.0.1/callback';

/** A replica of the ledger, as its supervisor knows it. */
export const replicaName = (at: number): string => `audit-ledger-replica-${at + 1}`;

export const replicaInstance = (at: number): string => `replica-${at + 1}`;

/** Replicas of the ledger: the same program on the same folder and database, without the log's key. */
export function replicaProcesses(plan: ServicePlan): readonly ProcessSpec[] {
  const common = commonEnvironment(plan, 'audit-ledger');
  const own = { ...ownEnvironment(plan)['audit-ledger'], ...plan.overrides?.['audit-ledger'] };
  return (plan.replicaPorts ?? []).map((port, at) => ({
    name: replicaName(at),
    command: process.execPath,
    args: [...serviceNodeArguments, join(checkout, 'apps', 'audit-ledger', 'bundle', 'main.js')],
    env: {
      ...{ ...common, ...own, PORT: String(port), HIE_INSTANCE: replicaInstance(at) },
      ...{
        KEY_FILE: keyFilesIn(plan.trust.folder, 'audit-ledger', replicaInstance(at)).keyFile,
        LEDGER_VERIFIER_KEY: plan.trust.ledgerVerifierKey,
        LEDGER_ROLE: 'replica',
      },
    },
    logFile: plan.run.log(replicaName(at)),
    readyUrl: `https://127.0.0.1:${port}/health/ready`,
    readyCa: plan.infrastructure.certificates.certificate,
    restart: true,
    after: ['audit-ledger'],
  }));
}

/** Each service as a process of its own, with just the environment it needs. */
export const serviceProcesses = (plan: ServicePlan): readonly ProcessSpec[] =>
  services.map((service) => serviceProcess(plan, service));

/** One service as a process of its own. */
export function serviceProcess(plan: ServicePlan, service: ServiceName): ProcessSpec {
  return {
    name: service,
    command: process.execPath,
    args: [...serviceNodeArguments, join(checkout, 'apps', service, 'bundle', 'main.js')],
    env: { ...commonEnvironment(plan, service), ...ownEnvironment(plan)[service], ...plan.overrides?.[service] },
    logFile: plan.run.log(service),
    readyUrl: `${urlOf(plan.ports, service)}/health/ready`,
    readyCa: plan.infrastructure.certificates.certificate,
    restart: true,
  };
}

function commonEnvironment(plan: ServicePlan, service: ServiceName): Record<string, string> {
  const { run, infrastructure, trust } = plan;
  const keys = keyFilesIn(trust.folder, service);
  const leaf = plan.leaves.get(service);
  const database = plan.databases.get(service);
  if (leaf === undefined || database === undefined) throw new RangeError('A service was planned without its place.');
  return {
    ...serviceAllocatorEnvironment,
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(checkout, '.run', 'compile-cache'),
    HIE_INSTANCE: '0',
    PORT: String(plan.ports.get(service)),
    TLS_CERT: leaf.certificatePath,
    TLS_KEY: leaf.keyPath,
    TLS_CA: infrastructure.certificates.certificatePath,
    KAFKA_BROKERS: infrastructure.kafka.brokers,
    DATABASE_URL: database.url,
    ...identityAtOthers(infrastructure),
    KEY_FILE: keys.keyFile,
    // The ledger reads nothing that lies under a member's key.
    ...(service === 'audit-ledger' ? {} : { MEMBER_KEYS: keys.members, MEMBER_KEYS_SECRET: keys.memberSecret }),
    TRUST_MANIFEST: keys.manifest,
    TRUST_ROOT: keys.root,
    TRUST_DOMAIN,
    TOKEN_ISSUER: urlOf(plan.ports, 'gateway'),
    OBJECT_STORE: join(run.path, 'objects'),
    ...(plan.keyEnvironment?.['KEY_FILE_PKCS11_KEY'] === undefined ? { KEY_FILE_SECRET: keys.secret } : {}),
    ...plan.keyEnvironment,
    ...(plan.otlpEndpoint === undefined ? {} : tracingTo(plan.otlpEndpoint)),
  };
}

/** By what services know, and are known to, servers that others run: the run's own authority is a stranger there. */
function identityAtOthers({ kafka, postgres }: Infrastructure): Record<string, string> {
  return {
    ...(isOwn(kafka) || kafka.admin === undefined
      ? {}
      : { KAFKA_CA: kafka.admin.caPath, KAFKA_CERT: kafka.admin.certificatePath, KAFKA_KEY: kafka.admin.keyPath }),
    ...(isOwn(postgres) || postgres.caPath === undefined ? {} : { DATABASE_CA: postgres.caPath }),
  };
}

const tracingTo = (endpoint: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_BSP_SCHEDULE_DELAY: '500',
});

function ownEnvironment({
  run,
  trust,
  ports,
  witnessesPath,
  replicaPorts = [],
  udap,
}: ServicePlan): Partial<Record<ServiceName, Record<string, string>>> {
  const url = (service: ServiceName) => urlOf(ports, service);
  const resource = `${url('gateway')}/fhir`;
  return {
    gateway: {
      PUBLIC_URL: url('gateway'),
      IDP_ISSUER: issuerOf(ports),
      IDP_JWKS_URL: `${url('identity-provider')}/jwks`,
      IDP_TOKEN_URL: `${url('identity-provider')}/token`,
      IDP_REGISTRATION_URL: `${issuerOf(ports)}/register`,
      UDAP_CERTIFICATE: udap.leaf.certificatePath,
      UDAP_KEY: udap.leaf.keyPath,
      IDENTITY_PROVIDER_URL: url('identity-provider'),
      PATIENT_INDEX_URL: url('patient-index'),
      CONSENT_URL: url('consent'),
      PARTICIPANTS_URL: url('participants'),
      RECORD_LOCATOR_URL: url('record-locator'),
      DOCUMENT_QUERY_URL: url('document-query'),
      AUDIT_LEDGER_URL: url('audit-ledger'),
      AUDIT_LEDGER_REPLICA_URLS: replicaPorts.map((port) => `https://127.0.0.1:${port}`).join(','),
    },
    'identity-provider': {
      ISSUER: issuerOf(ports),
      RESOURCE: resource,
      CONSOLE_REDIRECT_URIS: CONSOLE_REDIRECT_URI,
      OPERATOR_CLIENT: trust.operator.registrationPath,
      UDAP_TRUST: udap.trustPath,
    },
    // The simulated hospitals are on this machine.
    participants: { MEMBER_NETWORKS: '127.0.0.1/32' },
    'document-query': { MEMBER_NETWORKS: '127.0.0.1/32' },
    'patient-index': { INDEX_SNAPSHOT_DIR: join(run.path, 'identity-index') },
    'audit-ledger': { LEDGER_DIR: join(run.path, 'ledger'), LEDGER_ORIGIN, WITNESSES_FILE: witnessesPath },
  };
}
