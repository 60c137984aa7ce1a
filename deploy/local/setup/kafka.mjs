// Apache Kafka: its archives from Maven Central on the machine's Java, else its image where a Docker engine answers.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

import { cacheFolder, checkout, folderBytes, installOnce, kafkaFolder, kafkaVersion } from './cache.mjs';
import { megabytes, SetupError, step } from './progress.mjs';
import { findOnPath, hasHome, runTool } from './run-tool.mjs';

const OLDEST_JAVA = 17;

/** The major version that `java -version` prints, or undefined. Pure. */
export function javaMajor(output) {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  if (first === undefined) return undefined;
  return first === '1' ? Number(second) : Number(first);
}

/** The first Java that is new enough: `JAVA_HOME`'s, else the PATH's. */
export function findJava() {
  const candidates = [process.env.JAVA_HOME && join(process.env.JAVA_HOME, 'bin', 'java'), findOnPath('java')];
  return candidates.filter(Boolean).find((java) => {
    const { stderr, stdout } = spawnSync(java, ['-version'], { encoding: 'utf8', timeout: 20_000 });
    return (javaMajor(`${stderr}${stdout}`) ?? 0) >= OLDEST_JAVA;
  });
}

/** Whether a Docker engine answers; a client alone is not enough. */
function dockerAnswers() {
  const docker = findOnPath('docker');
  if (docker === undefined) return false;
  const { status } = spawnSync(docker, ['version', '--format', '{{.Server.Version}}'], {
    timeout: 5000,
    stdio: 'ignore',
  });
  return status === 0;
}

function isDebian() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && findOnPath('apt-get') !== undefined;
}

/** Whether packages of the system may be installed here without asking anybody. */
export const aptIsOurs = () => isDebian() && process.getuid() === 0;

/**
 * What to type for what is missing. Pure.
 *
 * @param {readonly string[]} missing `Java 17`, `Maven`
 * @param {{ platform: string, debian: boolean }} system
 */
export function adviceFor(missing, { platform, debian }) {
  const what = `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing and no Docker engine answers`;
  if (platform === 'darwin') return `${what}: type \`brew install openjdk@17 maven\`, then the same command again.`;
  if (debian) {
    return `${what}: type \`sudo apt-get install -y openjdk-17-jre-headless maven\`, then the same command again.`;
  }
  return `${what}: install Java 17 or newer and Maven with your package manager, then type the same command again.`;
}

async function installWithApt(missing, line, logFile) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, title: 'apt-get', where: '/usr', logFile };
  line.update(`apt-get update`);
  await runTool('apt-get', ['update', '-q'], options);
  const policy = await runTool('apt-cache', ['policy', 'openjdk-17-jre-headless'], options);
  // Debian 13 and later ship a newer Java under the neutral name.
  const java = /Candidate: \d/.test(policy) ? 'openjdk-17-jre-headless' : 'default-jre-headless';
  let unpacked = 0;
  await runTool('apt-get', ['install', '-y', '--no-install-recommends', java, 'maven'], {
    ...options,
    onOutput: (text) => {
      unpacked += text.split('Unpacking ').length - 1;
      line.update(`apt-get install ${java} maven, ${unpacked} packages unpacked`);
    },
  });
  line.done(`${missing.join(' and ')} installed with apt-get`);
}

async function pullImage(image, line, logFile) {
  const docker = findOnPath('docker');
  const { status } = spawnSync(docker, ['image', 'inspect', image], { stdio: 'ignore', timeout: 20_000 });
  if (status === 0) return line.done(`image ${image}, present`);
  let layers = 0;
  await runTool(docker, ['pull', image], {
    title: `Pulling the image ${image}`,
    where: 'the Docker engine',
    logFile,
    onOutput: (text) => {
      layers += text.split('Pull complete').length - 1;
      line.update(`image ${image}, ${layers} layers`);
    },
  });
  line.done(`image ${image}, pulled`);
}

/** Bytes that Maven's batch output says were downloaded, and how many files. Pure. */
export function downloaded(output) {
  const unit = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
  const sizes = [...output.matchAll(/Downloaded from \S+ \S+ \(([\d.]+) (B|kB|MB|GB)/g)];
  return { files: sizes.length, bytes: sizes.reduce((sum, [, amount, name]) => sum + Number(amount) * unit[name], 0) };
}

async function fetchArchives(draft, mvn, line, logFile) {
  let output = '';
  const local = hasHome() ? [] : [`-Dmaven.repo.local=${join(cacheFolder(), 'm2')}`];
  // -C: an archive whose checksum differs fails the fetch instead of a warning.
  const args = ['-B', '-C', '-f', join(checkout, 'deploy/kafka/pom.xml'), ...local, 'dependency:copy-dependencies'];
  await runTool(mvn, [...args, '-DincludeScope=runtime', `-DoutputDirectory=${draft}`], {
    title: 'Fetching Apache Kafka with Maven',
    where: draft,
    logFile,
    onOutput: (text) => {
      output += text;
      const { files, bytes } = downloaded(output);
      line.update(`${kafkaVersion()}, ${files} files, ${megabytes(bytes)} downloaded`);
    },
  });
}

/**
 * Makes sure that Kafka can be started, and returns the environment that tells `startKafka` how: `HIE_JAVA` with the
 * archives in the cache, or `HIE_KAFKA_IMAGE`.
 */
export async function ensureKafka({ logFile }) {
  const line = step('kafka');
  if (process.env.KAFKA_BROKERS) {
    line.done('yours, as KAFKA_BROKERS says');
    return {};
  }
  const folder = kafkaFolder();
  let java = findJava();
  const missing = () => [
    ...(java === undefined ? [`Java ${OLDEST_JAVA}`] : []),
    ...(existsSync(folder) || findOnPath('mvn') !== undefined ? [] : ['Maven']),
  ];
  if (missing().length > 0) {
    const image = `apache/kafka:${kafkaVersion()}`;
    if (dockerAnswers()) {
      await pullImage(image, line, logFile);
      return { HIE_KAFKA_IMAGE: image };
    }
    const system = { platform: process.platform, debian: isDebian() };
    if (!aptIsOurs()) throw new SetupError(adviceFor(missing(), system));
    const apt = step('java');
    process.stderr.write(
      `java       ${missing().join(' and ')} missing: installing openjdk-17-jre-headless and maven with apt-get\n`,
    );
    await installWithApt(missing(), apt, logFile);
    java = findJava();
    if (missing().length > 0)
      throw new SetupError(`apt-get ended well, but ${missing().join(' and ')} still can't be found on the PATH.`);
  }
  const onWait = (pid) => line.update(`${kafkaVersion()}, waiting for process ${pid ?? ''}, which fetches it`);
  const fetched = await installOnce(folder, { needsBytes: 300e6, onWait }, (draft) =>
    fetchArchives(draft, findOnPath('mvn'), line, logFile),
  );
  const size = `${readdirSync(folder).length} archives, ${megabytes(folderBytes(folder))}`;
  line.done(`${kafkaVersion()}, ${size}, ${fetched ? 'fetched' : 'cached'}`);
  return { HIE_JAVA: java };
}
