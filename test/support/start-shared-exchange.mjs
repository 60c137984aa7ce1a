// Jest's global set-up of a tier whose files share one exchange: Kafka, PostgreSQL, every service, four hospitals.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { tokenVault } from '@hie/key-store';
import { openRun, startExchange, startInfrastructure } from '@hie/local-exchange';
import { softHsm, softHsmModule } from '@hie/testing-kit';

import { everythingKnown, leaksOf } from './patient-words.mjs';
import { startControl } from './server-control.mjs';
import { startCollector } from './trace-collector.mjs';

/** Settings of services that a tier can't wait for: how often the ledger's tables are looked at, and its witnesses asked again. */
const overrides = {
  attacks: { 'audit-ledger': { LEDGER_CHECK_INTERVAL_MS: '2000' } },
  faults: { 'audit-ledger': { WITNESS_REFRESH_MS: '5000' } },
};

export default async function startSharedExchange(_globalConfig, { displayName }) {
  const run = openRun(`test-${displayName?.name ?? 'exchange'}`);
  const infrastructure = await startInfrastructure({ run, env: {} });
  const collector = await startCollector();
  // One tier's services have what they sign with in a PKCS#11 token, where there is one; it is the same exchange to all who ask it.
  const isWithToken = displayName?.name === 'conformance' && softHsmModule() !== undefined;
  const hsm = isWithToken ? softHsm() : undefined;
  const vault = hsm === undefined ? undefined : tokenVault(hsm);
  const exchange = await startExchange({
    run,
    infrastructure,
    people: 120,
    otlpEndpoint: collector.url,
    // What is read while the ledger's sequencer is dead is asked of the faults tier alone.
    ledgerReplicas: displayName?.name === 'faults' ? 1 : 0,
    overrides: overrides[displayName?.name] ?? {},
    ...(vault === undefined ? {} : { vault }),
  });
  const known = await everythingKnown(exchange);
  const control = await startControl(exchange, infrastructure);
  const file = join(run.path, 'shared-exchange.json');
  const urls = { collectorUrl: collector.url, controlUrl: control.url };
  writeFileSync(file, JSON.stringify({ ...shown(exchange), run: run.path, isWithToken, ...urls }), { mode: 0o600 });
  process.env.HIE_SHARED_EXCHANGE = file;
  globalThis.__HIE_STOP_SHARED_EXCHANGE__ = async () => {
    await control.stop();
    await exchange.stop();
    await collector.stop();
    await infrastructure.stop();
    vault?.close();
    hsm?.remove();
    const leaks = leaksOf({ logs: run.logs, spans: collector.spans }, known);
    run.release();
    // After everything has ended, and so whatever this tier's files did: killed services' last words too.
    if (leaks.length > 0) throw new Error(`Patients’ data stands in this tier’s output: ${JSON.stringify(leaks)}`);
  };
}

/** What spec files need of the exchange, as data: they run in another context than this. */
function shown({ description, hospitals, simulatorUrl, urls, replicaUrls, trust }) {
  return {
    description,
    hospitals,
    simulatorUrl,
    urls: Object.fromEntries(urls),
    replicaUrls,
    operator: trust.operator,
    memberClientJwk: trust.memberClientJwk,
  };
}
