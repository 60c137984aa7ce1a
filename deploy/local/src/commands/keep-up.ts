import { describeFailure, LocalExchangeError } from '../local-exchange-error.js';
import { removeExchangeFile, writeExchangeFile } from '../run/exchange-file.js';
import { giveUp, takeUp } from '../run/up-lock.js';
import { command, unlessStopped } from './command.js';
import { bundlesFolder, readOptions, startAll } from './started.js';
import { type UpMessage } from './up-keeper.js';

const tell = (message: UpMessage): void => {
  if (process.connected) process.send?.(message);
};

/** The process that `npm run up` leaves behind: it keeps everything running until `npm run down`. */
await command(async (context) => {
  if (!takeUp()) {
    tell({ kind: 'failed', sentence: 'It is already up, or being started (npm run down stops it).' });
    return 1;
  }
  try {
    const { bundles } = readOptions(context.args, { bundles: { type: 'string' } });
    const starting = startAll('up', {
      progress: (line) => tell({ kind: 'progress', line }),
      ...(bundles === undefined ? {} : { bundles: bundlesFolder(bundles) }),
    });
    const { exchange, stop } = await unlessStopped(context, starting);
    try {
      tell({ kind: 'up', file: writeExchangeFile(exchange.description) });
      const failure = await Promise.race([context.stopped, exchange.failure]);
      if (failure !== undefined) throw failure;
      return 0;
    } finally {
      removeExchangeFile();
      await stop();
    }
  } catch (error) {
    if (error instanceof LocalExchangeError) tell({ kind: 'failed', sentence: describeFailure(error) });
    throw error;
  } finally {
    giveUp();
  }
});
