import { BundleFolderError } from './records/bundle-records.js';
import { type Running, run } from './run.js';
import { ConfigurationError, readConfig } from './simulator.config.js';

/** What to tell somebody who started it: a code and what to do, never a value of the configuration. */
function explain(cause: unknown): Readonly<Record<string, unknown>> {
  if (cause instanceof ConfigurationError) return { event: 'failed', code: cause.code, faults: cause.faults };
  if (cause instanceof BundleFolderError) return { event: 'failed', code: cause.code, file: cause.file };
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unexpected';
  return { event: 'failed', code, message: cause instanceof Error ? cause.message : '' };
}

const say = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

let running: Running | undefined;
let isStopping = false;

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await running?.stop();
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
if (process.env['SIMULATOR_EXIT_WITH_PARENT'] === '1') {
  process.stdin
    .on('end', () => void stop())
    .on('error', () => void stop())
    .resume();
}

try {
  running = await run(readConfig(process.env['SIMULATOR_CONFIG']));
  say(running.ready);
} catch (cause) {
  say(explain(cause));
  process.exit(1);
}
