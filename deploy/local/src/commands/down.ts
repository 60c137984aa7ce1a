import { setTimeout as pause } from 'node:timers/promises';

import { removeExchangeFile } from '../run/exchange-file.js';
import { isRunning, type ProcessIdentity } from '../run/process-identity.js';
import { giveUp, whoIsUp } from '../run/up-lock.js';
import { command } from './command.js';

const ORDERLY_END_MS = 45_000;

/** `npm run down`: stops what `npm run up` left running, and returns when it is gone. */
await command(async () => {
  const keeper = whoIsUp();
  if (keeper === undefined) {
    removeExchangeFile();
    giveUp();
    process.stdout.write('Nothing is up.\n');
    return 0;
  }
  process.kill(keeper.pid, 'SIGTERM');
  if (!(await ended(keeper, ORDERLY_END_MS))) {
    // Its watchdog ends what it kept.
    process.kill(keeper.pid, 'SIGKILL');
    await ended(keeper, ORDERLY_END_MS);
    await pause(6_000);
    removeExchangeFile();
    giveUp();
  }
  process.stdout.write('It is down.\n');
  return 0;
});

async function ended(keeper: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(keeper)) {
    if (Date.now() > deadline) return false;
    await pause(100);
  }
  return true;
}
