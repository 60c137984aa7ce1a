// Chromium, for the journeys of people: the one on the PATH; on Debian as root, the distribution's own.
import { findOnPath, runTool } from './run-tool.mjs';
import { aptIsOurs } from './kafka.mjs';
import { step } from './progress.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The first browser that the tests can drive, or undefined. */
export const findChromium = () => process.env.HIE_CHROMIUM || NAMES.map((name) => findOnPath(name)).find(Boolean);

/**
 * Looks for Chromium, and installs it where that may be done without asking. Where there is none the journeys of people are skipped:
 * a browser is no reason to refuse all other tests.
 *
 * @returns the environment that tells the tests where it is
 */
export async function ensureChromium({ logFile }) {
  const line = step('chromium');
  let chromium = findChromium();
  if (chromium === undefined && aptIsOurs()) {
    process.stderr.write('chromium   missing: installing chromium with apt-get, for the journeys of people\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { env, title: 'apt-get', where: '/usr', logFile };
    try {
      await runTool('apt-get', ['update', '-q'], options);
      await runTool('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
    } catch (error) {
      line.done(`not installed (${error.message}); the journeys of people are skipped`);
      return {};
    }
    chromium = findChromium();
  }
  if (chromium === undefined) {
    line.done('not on the PATH, and only root on Debian installs it here; the journeys of people are skipped');
    return {};
  }
  line.done(chromium);
  return { HIE_CHROMIUM: chromium };
}
