import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readExchangeFile } from '../run/exchange-file.js';
import { runRoot } from '../run/run-root.js';
import { whoIsUp } from '../run/up-lock.js';
import { command, unlessStopped } from './command.js';
import { type UpMessage } from './up-keeper.js';

const KEEPER = fileURLToPath(new URL('./keep-up.js', import.meta.url));

/** `npm run up [-- --bundles DIR]`: starts the exchange and leaves it running; `.run/exchange.json` says where. */
await command(async (context) => {
  if (whoIsUp() !== undefined) {
    process.stdout.write(
      `It is already up: ${readExchangeFile()?.gateway.url ?? 'still starting'} (npm run down stops it).\n`,
    );
    return 0;
  }
  const log = join(runRoot(), 'up.log');
  mkdirSync(runRoot(), { recursive: true });
  const output = openSync(log, 'w', 0o600);
  const keeper = spawn(process.execPath, [...process.execArgv, KEEPER, ...context.args], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  const outcome = new Promise<UpMessage>((resolve) => {
    keeper.on('message', (message: UpMessage) => {
      if (message.kind === 'progress') process.stderr.write(`${message.line}\n`);
      else resolve(message);
    });
    keeper.on('error', (error) => resolve({ kind: 'failed', sentence: `It could not be started: ${error.message}.` }));
    keeper.on('exit', (code) =>
      resolve({ kind: 'failed', sentence: `It ended with ${code} before it was up; ${log} says why.` }),
    );
  });
  try {
    const message = await unlessStopped(context, outcome);
    if (message.kind !== 'up') {
      process.stderr.write(`\n${message.kind === 'failed' ? message.sentence : ''}\n`);
      return 1;
    }
    process.stdout.write(
      `It is up: ${readExchangeFile()?.gateway.url}\n${message.file} says where everything is; npm run down stops it.\n`,
    );
    return 0;
  } catch (error) {
    keeper.kill('SIGTERM');
    throw error;
  } finally {
    if (keeper.connected) keeper.disconnect();
    keeper.unref();
  }
});
