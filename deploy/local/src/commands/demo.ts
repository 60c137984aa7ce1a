import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';

import { replaceFile } from '../certificates/exclusive-file.js';
import { loadTellStory } from '../exchange-seam.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import { command, unlessStopped } from './command.js';
import { bundlesFolder, fromWhereTyped, readOptions, startAll } from './started.js';

const OPTIONS = {
  once: { type: 'boolean' },
  json: { type: 'string' },
  bundles: { type: 'string' },
} as const;

/** `npm run demo [-- --once] [--json FILE] [--bundles DIR]`: everything starts, the story is told, and it stays up until Ctrl-C. */
await command(async (context) => {
  const { once = false, json, bundles } = readOptions(context.args, OPTIONS);
  const jsonPath = json === undefined ? undefined : writablePath(json);
  const tellStory = await loadTellStory();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const { exchange, stop } = await unlessStopped(
    context,
    startAll('demo', {
      progress: (line) => process.stderr.write(`${line}\n`),
      ...(bundles === undefined ? {} : { bundles: bundlesFolder(bundles) }),
    }),
  );
  try {
    const story = await unlessStopped(context, tellStory(exchange, { print, stop: context.stop }));
    if (jsonPath !== undefined) replaceFile(jsonPath, `${JSON.stringify(story, undefined, 2)}\n`, 0o600);
    if (once) return 0;
    print('\nIt stays up until Ctrl-C.');
    const failure = await Promise.race([context.stopped, exchange.failure]);
    if (failure !== undefined) throw failure;
    return 0;
  } finally {
    await stop();
  }
});

/** Known before a minute's work, not after. */
function writablePath(path: string): string {
  const full = fromWhereTyped(path);
  try {
    accessSync(dirname(full), constants.W_OK);
    return full;
  } catch (cause) {
    throw new LocalExchangeError(
      'usage',
      { '--json': full, because: 'its folder is not there or may not be written' },
      { cause },
    );
  }
}
