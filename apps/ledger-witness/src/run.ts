import { parseArgs } from 'node:util';

import { makeKeys, type WitnessAlgorithm } from './new-key.js';
import { type RunningWitness, startWitness, WitnessError } from './start-witness.js';
import { ConfigurationError, readConfig } from './witness.config.js';

const USAGE = `ledger-witness new-key --name NAME --file FILE [--ml-dsa-44]
ledger-witness serve --config FILE`;

const say = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

/** The command line. @returns the exit code: 0 after an orderly end, 1 when the witness may not or can't go on, 2 for wrong use. */
export async function run(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  try {
    if (command === 'new-key') return newKey(rest);
    if (command === 'serve') return await serve(rest);
  } catch (failure) {
    say(explain(failure));
    return failure instanceof ConfigurationError ? 2 : 1;
  }
  process.stderr.write(`${USAGE}\n`);
  return 2;
}

function newKey(args: readonly string[]): number {
  const options = { name: { type: 'string' }, file: { type: 'string' }, 'ml-dsa-44': { type: 'boolean' } } as const;
  const { name, file, ...others } = parseArgs({ args: [...args], options }).values;
  if (name === undefined || file === undefined) throw new ConfigurationError(['new-key wants --name and --file']);
  const algorithms: WitnessAlgorithm[] = others['ml-dsa-44'] === true ? ['ed25519', 'ml-dsa-44'] : ['ed25519'];
  for (const line of makeKeys(name, file, algorithms)) process.stdout.write(`${line}\n`);
  return 0;
}

async function serve(args: readonly string[]): Promise<number> {
  const { config } = parseArgs({ args: [...args], options: { config: { type: 'string' } } }).values;
  if (config === undefined) throw new ConfigurationError(['serve wants --config']);
  const running = await startWitness(readConfig(config), say);
  say({ event: 'ready', url: running.url, verifierKeys: running.verifierKeys });
  const failure = await Promise.race([running.failure, asked()]);
  await stopWithin(running);
  if (failure === undefined) return 0;
  say(explain(failure));
  return 1;
}

/** Resolves when the process is asked to end. */
function asked(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => resolve(undefined));
  });
}

const GRACE_MS = 2_000;

async function stopWithin(running: RunningWitness): Promise<void> {
  const timer = setTimeout(() => process.exit(1), GRACE_MS);
  await running.stop();
  clearTimeout(timer);
}

/** A code and where, never a value of the configuration. */
function explain(failure: unknown): object {
  if (failure instanceof ConfigurationError) return { event: 'failed', code: 'configuration', faults: failure.faults };
  if (failure instanceof WitnessError) return { event: 'failed', code: failure.code, origin: failure.origin };
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : 'defect';
  return { event: 'failed', code };
}
