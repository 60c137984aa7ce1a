import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Infrastructure, startInfrastructure } from '../infrastructure.js';
import { openRun, type RunFolder } from '../run/run-folder.js';
import { runTier } from '../test-run/run-tier.js';
import { tally, tallyLines, type TierReport } from '../test-run/tally.js';
import { needsServers, readTestArguments, type Tier } from '../test-run/test-arguments.js';
import { command, type CommandContext, Stopped, unlessStopped } from './command.js';

/** `npm test [-- TIER…] [-- -t NAME] [-- PATH]`: every tier, on one Kafka and one PostgreSQL, and one line at the end. */
await command(async (context) => {
  const chosen = readTestArguments(context.args);
  const run = openRun('test');
  try {
    const reports = await runTiers(context, run, chosen.tiers, chosen.jest);
    const sum = tally(reports);
    process.stdout.write(`\n${tallyLines(sum).join('\n')}\n`);
    return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
  } finally {
    run.release();
  }
});

async function runTiers(
  context: CommandContext,
  run: RunFolder,
  tiers: readonly Tier[],
  jest: readonly string[],
): Promise<(readonly [Tier, TierReport | undefined])[]> {
  const reportFolder = join(run.path, 'reports');
  mkdirSync(reportFolder);
  const reports: (readonly [Tier, TierReport | undefined])[] = [];
  for (const tier of tiers) {
    const servers = needsServers(tier) ? await startServers(context, run) : undefined;
    try {
      process.stderr.write(`\n== ${tier}\n`);
      const startedAtMs = Date.now();
      const reportFile = join(reportFolder, `${tier}.json`);
      const environment = servers?.environment ?? {};
      reports.push([tier, await runTier({ tier, jest, environment, reportFile, stop: context.stop })]);
      process.stderr.write(`== ${tier} took ${Math.round((Date.now() - startedAtMs) / 1000)} s\n`);
    } finally {
      await servers?.stop();
    }
    if (context.stop.aborted) throw new Stopped();
  }
  return reports;
}

// A declaration, not a constant: the command above runs before this line is reached.
function startServers(context: CommandContext, run: RunFolder): Promise<Infrastructure> {
  return unlessStopped(context, startInfrastructure({ run, onReady: announce }));
}

function announce(server: string, tookMs: number): void {
  process.stderr.write(`${server.padEnd(11)}ready (${(tookMs / 1000).toFixed(1)} s)\n`);
}
