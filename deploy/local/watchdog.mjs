// Outlives the process that started it, by a moment: it reads a pipe from that process, and when the pipe closes, for
// whatever reason (an orderly end, a crash, SIGKILL), it ends every process group still recorded and removes what was
// to be removed. Plain JavaScript without imports of the project, so that source and build start the same file.
//
//   {"watch": pid, "signal": "SIGTERM", "workFolder"?: folder}   a process group to end, how it is asked to, and where
//                                                                those of it work that left the group
//   {"forget": pid}                                              it has ended
//   {"remove": folder} {"keep": folder}                          a folder to remove, or no longer
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const PATIENCE_MS = 5000;
const [marker] = process.argv.slice(2);
const groups = new Map();
const folders = new Set();

const signal = (pid, name) => {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
};

/** What left its group: by the mark it carries in its environment, or by the folder it works in. Linux only. */
function strays() {
  const workFolders = new Set([...groups.values()].map(({ workFolder }) => workFolder));
  const belongs = (pid) => {
    try {
      if (workFolders.has(readlinkSync(`/proc/${pid}/cwd`))) return true;
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${marker}=`);
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return false;
    }
  };
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && belongs(pid));
}

async function endAll() {
  for (const [pid, { name }] of groups) signal(-pid, name);
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && [...groups.keys()].some((pid) => signal(-pid, 0))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const pid of groups.keys()) signal(-pid, 'SIGKILL');
  for (let pass = 0; pass < 5 && strays().map((pid) => signal(pid, 'SIGKILL')).length > 0; pass += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(name, () => {});
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { watch, signal: name, workFolder, forget, remove, keep } = JSON.parse(line);
    if (watch !== undefined) groups.set(watch, { name, workFolder });
    if (forget !== undefined) groups.delete(forget);
    if (remove !== undefined) folders.add(remove);
    if (keep !== undefined) folders.delete(keep);
  })
  .on('close', () => void endAll());
