// Two verifiers that share no code with this project: `tlogverify`, which stands on golang.org/x/mod/sumdb/tlog and
// github.com/transparency-dev/merkle, and `fsck` of github.com/transparency-dev/tessera.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const cache = `${repository}node_modules/.cache/hie-go`;
const tlogverifySource = `${repository}../shared/tools/tlogverify`;
const FSCK = 'github.com/transparency-dev/tessera/cmd/fsck@v1.0.4';

/** What a verifier said. */
export interface Finding {
  readonly accepted: boolean;
  readonly said: string;
}

export interface GoTools {
  /** @param at a folder or a URL; `older` are files that hold checkpoints. */
  tlogverify(at: string, keys: LogKeys, older?: readonly string[]): Promise<Finding>;
  fsck(at: string, keyFile: string): Promise<Finding>;
}

export interface LogKeys {
  readonly log: string;
  readonly witnesses: readonly string[];
  readonly quorum: number;
}

export interface GoToolsOptions {
  /** The authority of a log that is read over HTTPS, PEM; the system’s where absent. */
  readonly caPath?: string;
}

/**
 * Builds the verifiers, once.
 *
 * @returns why they cannot be used, where they cannot.
 * @throws where the environment variable CI is set: there they are required.
 */
export async function goTools({ caPath }: GoToolsOptions = {}): Promise<GoTools | string> {
  try {
    await access(tlogverifySource);
    const env = { ...process.env, GOBIN: cache };
    await run('go', ['build', '-C', tlogverifySource, '-mod=readonly', '-o', `${cache}/tlogverify`, '.'], { env });
    await access(`${cache}/fsck`).catch(() => run('go', ['install', FSCK], { env, cwd: repository }));
  } catch (failure) {
    if (process.env['CI']) throw failure;
    const { code, path } = failure as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${path ?? 'go'} is not there` : `the Go verifiers do not build: ${String(failure)}`;
  }
  const env = { ...process.env, ...(caPath === undefined ? {} : { SSL_CERT_FILE: caPath }) };
  return {
    tlogverify: async (at, { log, witnesses, quorum }, older = []) => {
      const args = ['-log', at, '-vkey', log, '-quorum', `${quorum}`];
      args.push(...witnesses.flatMap((key) => ['-cosigner', key]), ...older.flatMap((file) => ['-old', file]));
      const { exitCode, stdout } = await finish(`${cache}/tlogverify`, args, env);
      // 1 is tampering; 2 is a mistake of ours in asking, and must not count as one.
      if (exitCode !== 0 && exitCode !== 1) throw new Error('tlogverify could not do its work', { cause: stdout });
      return { accepted: exitCode === 0, said: stdout };
    },
    fsck: async (at, keyFile) => {
      const url = at.startsWith('http') ? at : `file://${at}`;
      // With one worker, the default, a tile that differs leaves fsck waiting for itself for ever.
      const args = ['-N=16', '-ui=false', '-logtostderr', '-storage_url', url, '-public_key', keyFile];
      const { stderr } = await finish(`${cache}/fsck`, args, env);
      // It exits with 0 whatever it has found.
      return { accepted: stderr.includes('Successfully fsck') && !stderr.includes('fsck failed'), said: stderr };
    },
  };
}

async function finish(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  try {
    return { exitCode: 0, ...(await run(program, args, { env, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 })) };
  } catch (failure) {
    const { code, stdout, stderr } = failure as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw failure;
    return { exitCode: code, stdout, stderr };
  }
}
