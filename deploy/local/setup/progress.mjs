// How the set-up speaks: one line a step on standard error, and one sentence where it can't go on.
import { appendFileSync } from 'node:fs';

/** A reason to stop that the reader can act on: one sentence that says what to do. Printed without a stack trace. */
export class SetupError extends Error {}

/** Bytes as a person reads them: `53 MB`. */
export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

const QUIET_MS = 2000;
const HEARTBEAT_MS = 10_000;

/**
 * Starts a step's line. On a terminal the line counts up in place; elsewhere it is written once, at the end, with a
 * sign of life every ten seconds in between.
 */
export function step(name, stream = process.stderr) {
  const startedAt = Date.now();
  const label = name.padEnd(11);
  let spokenAt = startedAt;
  const elapsed = () => Math.round((Date.now() - startedAt) / 1000);
  return {
    update(text) {
      if (Date.now() - startedAt < QUIET_MS) return;
      if (stream.isTTY) stream.write(`\r\x1b[K${label}${text} (${elapsed()} s)`);
      else if (Date.now() - spokenAt > HEARTBEAT_MS) {
        spokenAt = Date.now();
        stream.write(`${label}${text} (${elapsed()} s)\n`);
      }
    },
    done(text) {
      const time = Date.now() - startedAt < QUIET_MS ? '' : ` (${elapsed()} s)`;
      stream.write(`${stream.isTTY ? '\r\x1b[K' : ''}${label}${text}${time}\n`);
    },
    /** Leaves an unfinished line, so that what is said next stands on its own. */
    leave() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}

/** Keeps a tool's output in the set-up's log, where a failure's sentence sends the reader. */
export function keepOutput(logFile, title, output) {
  if (!logFile) return;
  appendFileSync(logFile, `== ${new Date().toISOString()} ${title}\n${output}\n`);
}

const REASONS = [
  [
    /in sync\. Please update your lock file|EUSAGE/,
    () => 'package.json and package-lock.json do not fit each other: type `npm install` and commit what it changes',
  ],
  [
    /ENOSPC|No space left on device|EDQUOT|Disk quota exceeded/i,
    (where) => `no disk space is left for ${where}: free about 2 GB, then type the same command again`,
  ],
  [
    /ENOTFOUND|ENOTCACHED|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ECONNREFUSED|ECONNRESET|Unknown host|Network is unreachable|Temporary failure|Could not transfer|Could not resolve (?!")|Connection (timed out|refused)|Failed to fetch/i,
    () =>
      'no network: the package registry could not be reached; connect (or set the proxy of npm and Maven), then type the same command again',
  ],
  [
    /EACCES|EPERM|Permission denied|EROFS|Read-only file system/i,
    (where) =>
      `${where} may not be written by this user: change its owner, or set HIE_CACHE to a folder that may, then type the same command again`,
  ],
];

/** Turns what a failed tool printed into one sentence. Pure. */
export function explain(tool, output, { where, logFile }) {
  const known = REASONS.find(([pattern]) => pattern.test(output));
  const what = known ? known[1](where) : `it ended with an error; what it said is in ${logFile}`;
  return `${tool} failed: ${what}.`;
}
