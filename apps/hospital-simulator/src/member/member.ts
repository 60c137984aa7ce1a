import { readFileSync } from 'node:fs';

import { type MemberFhir, memberFhir } from '../fhir-server/member-fhir.js';
import { type Faults, WELL, faultsAt, nextChangeMs } from '../faults/faults.js';
import { crossedRecords } from '../faults/wrong-patient.js';
import { type ChartPool } from '../records/chart-cache.js';
import { type MemberRecords } from '../records/member-records.js';
import { type HospitalConfig } from '../simulator.config.js';
import { accessTokens } from '../token/access-token.js';
import { replayGuard } from '../token/replay-guard.js';
import { answerTokenRequest } from '../token/token-endpoint.js';
import { type TrustedClient, trustedClients } from '../token/trusted-client.js';
import { type Counters, newCounters } from './counters.js';
import { listen } from './listener.js';
import { requestHandler } from './request-handler.js';

/** A member hospital that is up. */
export interface Member {
  readonly config: HospitalConfig;
  readonly records: MemberRecords;
  readonly fhirUrl: string;
  readonly tokenUrl: string;
  readonly port: number;
  readonly counters: () => Readonly<Counters>;
  readonly resetCounters: () => void;
  readonly faults: () => Faults;
  /** Takes effect with the next request; a port that is to be closed is closed when this resolves. */
  readonly setFaults: (faults: Faults) => Promise<void>;
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts one member. @throws Error of Node.js when its port is taken or its certificate is none. */
export async function startMember(config: HospitalConfig, records: MemberRecords, charts: ChartPool): Promise<Member> {
  let counters = newCounters();
  let faults = WELL;
  let setAtMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const nowMs = (): number => performance.now();
  const current = (): Faults => faultsAt(faults, nowMs() - setAtMs);
  const nowS = (): number => Math.floor(Date.now() / 1000);

  // The URLs hold the port, which is known when the listener is up: requests before that are none.
  let handle: ReturnType<typeof requestHandler> = (_request, response) => response.destroy();
  const listener = await listen(
    config.port,
    config.tls,
    (request, response) => handle(request, response),
    () => (counters.connections += 1),
  );
  const origin = `https://${config.host}:${listener.port}`;
  const fhirUrl = `${origin}/fhir`;
  const tokenUrl = `${origin}/auth/token`;

  const answers = memberFhir(records, charts.cacheFor(records, fhirUrl), fhirUrl, config.identifierSystem);
  let crossed: MemberFhir | undefined;
  const crossedAnswers = (): MemberFhir => {
    const view = crossedRecords(records);
    return (crossed ??= memberFhir(view, charts.cacheFor(view, fhirUrl), fhirUrl, config.identifierSystem));
  };
  const tokens = await accessTokens(fhirUrl);
  const clients = trustedClients(config.trustedClients.map(asTrustedClient));
  const guard = replayGuard();
  handle = requestHandler({
    name: config.name,
    fhirUrl,
    tokenUrl,
    fhir: (isCrossed) => (isCrossed ? crossedAnswers() : answers),
    tokens,
    requestToken: (form) => answerTokenRequest(form, tokenUrl, clients, guard, tokens, nowS()),
    counters: () => counters,
    faults: current,
    nowS,
  });

  const applyDeadness = async (): Promise<void> => {
    clearTimeout(timer);
    const elapsedMs = nowMs() - setAtMs;
    const changeMs = nextChangeMs(faults, elapsedMs);
    if (changeMs !== undefined) timer = setTimeout(() => void applyDeadness(), Math.ceil(changeMs)).unref();
    await listener.playDead(current().dead);
  };

  return {
    config,
    records,
    fhirUrl,
    tokenUrl,
    port: listener.port,
    counters: () => counters,
    resetCounters: () => (counters = newCounters()),
    faults: () => faults,
    setFaults: async (next) => {
      [faults, setAtMs] = [next, nowMs()];
      await applyDeadness();
    },
    stop: async (graceMs) => {
      clearTimeout(timer);
      await listener.stop(graceMs);
    },
  };
}

function asTrustedClient({
  clientId,
  jwks,
  jwksUrl,
  jwksCaPath,
  scopes,
}: HospitalConfig['trustedClients'][number]): TrustedClient {
  return {
    clientId,
    scopes,
    ...(jwks === undefined ? {} : { jwks: jwks as NonNullable<TrustedClient['jwks']> }),
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    ...(jwksCaPath === undefined ? {} : { jwksCa: readFileSync(jwksCaPath, 'utf8') }),
  };
}
