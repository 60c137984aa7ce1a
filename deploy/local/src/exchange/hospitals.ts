import type { JsonWebKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { checkout } from '../../setup/cache.mjs';
import type { CertificateAuthority } from '../certificates/certificate-authority.js';
import type { RunFolder } from '../run/run-folder.js';
import type { ProcessSpec } from '../supervisor/process-spec.js';
import { type TrustMaterial, signingPair } from './trust-material.js';

/** What the simulated hospitals are made of. */
export type HospitalPopulation = { readonly seed: number; readonly people: number } | { readonly bundles: string };

/** One simulated member: who it is at the exchange, and where its simulator listens. */
export interface SimulatedHospital {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly identifierSystem: string;
  readonly fhirUrl: string;
  /** Its own authorization server, for whoever asks it. */
  readonly tokenUrl: string;
  readonly port: number;
  readonly client: {
    readonly id: string;
    readonly privateJwk: JsonWebKey;
    readonly publicJwk: JsonWebKey;
    readonly scopes: readonly string[];
    readonly purposes: readonly string[];
  };
}

const EXAMPLE_ARC = '2.16.840.1.113883.19';

const invented = [
  ['mercy-general', 'Mercy General Hospital'],
  ['harborview', 'Harborview Medical Center'],
  ['saint-brigid', 'Saint Brigid Heart Institute'],
  ['lakeside', 'Lakeside Community Hospital'],
  ['st-marys', 'St. Mary’s Medical Center'],
  ['riverside', 'Riverside Memorial'],
  ['north-shore', 'North Shore Clinic'],
  ['valley', 'Valley Regional'],
] as const;

/** So many hospitals, with a key of its own each; the first is where patients arrive. */
export function inventHospitals(ports: readonly number[]): readonly SimulatedHospital[] {
  return ports.map((port, at) => {
    const [id, name] = invented[at] ?? [`hospital-${at + 1}`, `Hospital ${at + 1}`];
    return {
      id,
      name,
      port,
      organizationId: `urn:oid:${EXAMPLE_ARC}.${at + 1}`,
      identifierSystem: `urn:oid:${EXAMPLE_ARC}.${at + 1}.1`,
      fhirUrl: `https://127.0.0.1:${port}/fhir`,
      tokenUrl: `https://127.0.0.1:${port}/auth/token`,
      client: {
        id: `${id}-emr`,
        ...signingPair('P-256', 'ES256', `${id}-emr-1`),
        scopes: ['system/*.rs', 'system/Patient.cu', 'system/Consent.cu'],
        purposes: ['TREAT', 'ETREAT', 'HOPERAT', 'HPAYMT', 'PATRQT'],
      },
    };
  });
}

export interface SimulatorPlan {
  readonly run: RunFolder;
  readonly certificates: CertificateAuthority;
  readonly trust: TrustMaterial;
  readonly hospitals: readonly SimulatedHospital[];
  readonly adminPort: number;
  readonly population: HospitalPopulation;
  readonly gatewayUrl: string;
  readonly tokenUrl: string;
}

/** All simulated hospitals in one process, each a FHIR server of its own. */
export async function simulatorProcess(plan: SimulatorPlan): Promise<ProcessSpec> {
  const configPath = join(plan.run.folder('hospitals'), 'simulator.json');
  writeFileSync(configPath, JSON.stringify(await simulatorConfig(plan)), { mode: 0o600 });
  return {
    name: 'hospital-simulator',
    command: process.execPath,
    args: [join(checkout, 'apps', 'hospital-simulator', 'bundle', 'main.js')],
    env: { SIMULATOR_CONFIG: configPath, NODE_COMPILE_CACHE: join(checkout, '.run', 'compile-cache') },
    logFile: plan.run.log('hospital-simulator'),
    readyUrl: `http://127.0.0.1:${plan.adminPort}/health/ready`,
    restart: true,
  };
}

async function simulatorConfig({
  certificates,
  trust,
  hospitals,
  population,
  ...plan
}: SimulatorPlan): Promise<object> {
  const leaf = await certificates.leaf('hospitals');
  return {
    admin: { port: plan.adminPort },
    population,
    hospitals: hospitals.map((hospital) => ({
      id: hospital.id,
      organizationId: hospital.organizationId,
      name: hospital.name,
      host: '127.0.0.1',
      port: hospital.port,
      tls: { certPath: leaf.certificatePath, keyPath: leaf.keyPath },
      identifierSystem: hospital.identifierSystem,
      // The exchange, and the hospital's own EMR.
      trustedClients: [
        { clientId: 'hie-broker', jwks: { keys: [trust.memberClientJwk] }, scopes: ['system/*.rs'] },
        { clientId: hospital.client.id, jwks: { keys: [hospital.client.publicJwk] }, scopes: ['system/*.rs'] },
      ],
      exchange: {
        tokenUrl: plan.tokenUrl,
        fhirUrl: `${plan.gatewayUrl}/fhir`,
        caPath: certificates.certificatePath,
        purposeOfUse: ['urn:oid:2.16.840.1.113883.5.8#HOPERAT'],
      },
      client: { id: hospital.client.id, privateJwk: hospital.client.privateJwk },
    })),
  };
}
