import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { checkout } from '../../setup/cache.mjs';
import { benchNames, unmetFigures } from '../bench-run.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import { startGroup } from '../process/child-group.js';
import { command, type CommandContext, Stopped } from './command.js';

const BENCH = join(checkout, 'bench');

/**
 * `npm run bench [-- NAME [arguments]]`: one benchmark with its arguments, or all of them; then what is not met. Each does
 * its own set-up of servers and data. A missed target is a finding and not an error: the exit code says whether all ran.
 */
await command(async (context) => {
  const all = benchNames(join(BENCH, 'src'));
  const [name, ...args] = context.args;
  if (name !== undefined && !all.includes(name)) {
    throw new LocalExchangeError('usage', { benchmark: name, 'there are': all.join(' ') || 'none yet' });
  }
  const chosen = name === undefined ? all : [name];
  let failed = 0;
  for (const one of chosen) {
    process.stderr.write(`\n== bench ${one}\n`);
    if ((await runBench(one, args, context)) !== 0) {
      failed += 1;
      process.stderr.write(`${one} ended with an error.\n`);
    }
  }
  for (const one of chosen) process.stdout.write(notMet(one));
  return failed === 0 ? 0 : 1;
});

async function runBench(name: string, args: readonly string[], { stop }: CommandContext): Promise<number | null> {
  const group = await startGroup({
    command: process.execPath,
    args: [...process.execArgv, join(BENCH, 'dist', `${name}.js`), ...args],
    cwd: checkout,
  });
  const end = (): void => void group.signal('SIGTERM');
  stop.addEventListener('abort', end);
  const { code } = await group.exited;
  stop.removeEventListener('abort', end);
  if (stop.aborted) throw new Stopped();
  return code;
}

function notMet(name: string): string {
  const results = join(BENCH, 'results');
  if (!existsSync(join(results, `${name}.json`))) return `${name}: no result\n`;
  const unmet = unmetFigures(results, name);
  if (unmet.length === 0) return `${name}: all met\n`;
  return unmet
    .map(
      ({ name: figure, value, unit, target }) =>
        `${name}: not met: ${figure} is ${value} ${unit}, target ${JSON.stringify(target)}\n`,
    )
    .join('');
}
