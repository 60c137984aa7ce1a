import type { JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { OAuthClient } from '@hie/exchange-client';
import type { ComposedExchange, ExchangeDescription, SimulatedHospital } from '@hie/local-exchange';

/** The exchange that a tier's files share, and clients to speak to it. */
export interface SharedExchange extends Pick<
  ComposedExchange,
  'description' | 'operator' | 'hospitals' | 'simulatorUrl' | 'replicaUrls'
> {
  readonly description: ExchangeDescription;
  /** The run's folder: logs, data. */
  readonly run: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly collectorUrl: string;
  /** Whether what its services sign with is in a PKCS#11 token. */
  readonly isWithToken: boolean;
  /** The exchange's public key as members' client. */
  readonly memberClientJwk: JsonWebKey;
  /** Kills and restarts its processes (`server-control.mjs`). */
  readonly controlUrl: string;
  hospital(id: string): SimulatedHospital;
  clientOf(hospital: SimulatedHospital): OAuthClient;
  ownClientOf(hospital: SimulatedHospital): OAuthClient;
  /** A client that a test has registered itself. */
  memberClient(
    clientId: string,
    privateJwk: object,
    organizationId: string,
    certificate?: { readonly cert: string; readonly key: string },
  ): OAuthClient;
  /** PEM of the exchange's authority. */
  readonly ca: string;
  /** Ends every connection made through this. */
  close(): Promise<void>;
}

/** Opens the exchange that `start-shared-exchange.mjs` has started. */
export function sharedExchange(): SharedExchange {
  const file = process.env['HIE_SHARED_EXCHANGE'];
  if (file === undefined) throw new RangeError('This spec needs the exchange that its tier starts.');
  const shared = JSON.parse(readFileSync(file, 'utf8')) as Omit<
    SharedExchange,
    'operator' | 'clientOf' | 'ownClientOf' | 'memberClient' | 'ca' | 'hospital' | 'close'
  >;
  const { description, hospitals } = shared;
  const ca = readFileSync(description.caCertificate, 'utf8');
  const { tokenUrl } = description.identityProvider;
  const clients: OAuthClient[] = [];
  const client = (
    clientId: string,
    privateJwk: object,
    organizationId: string,
    at: string,
    certificate?: { readonly cert: string; readonly key: string },
  ) => {
    const made = new OAuthClient({
      ...{ clientId, privateJwk: privateJwk as never, organizationId, tokenUrl: at, ca },
      ...(certificate === undefined ? {} : { certificate: { cert: certificate.cert, key: certificate.key } }),
    });
    clients.push(made);
    return made;
  };
  const { operator } = description;
  return {
    ...shared,
    ca,
    memberClient: (clientId, privateJwk, organizationId, certificate) =>
      client(clientId, privateJwk, organizationId, tokenUrl, certificate),
    operator: client(operator.client.id, operator.client.privateJwk, operator.organizationId, tokenUrl),
    hospital: (id) => {
      const found = hospitals.find((hospital) => hospital.id === id);
      if (found === undefined) throw new RangeError('There is no such hospital.');
      return found;
    },
    clientOf: ({ client: { id, privateJwk }, organizationId }) => client(id, privateJwk, organizationId, tokenUrl),
    ownClientOf: (hospital) =>
      client(hospital.client.id, hospital.client.privateJwk, hospital.organizationId, hospital.tokenUrl),
    close: async () => {
      await Promise.all(clients.map((each) => each.close()));
    },
  };
}
