import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findJava } from '../../setup/kafka.mjs';
import { kafkaFolder } from '../../setup/cache.mjs';
import { LocalExchangeError } from '../local-exchange-error.js';

const LOG_SETTINGS = fileURLToPath(new URL('../../../kafka/log4j2.properties', import.meta.url));

/** What Kafka runs on: its archives on a Java, or its image on a Docker engine. */
export type KafkaRuntime =
  | { readonly kind: 'archives'; readonly java: string; readonly folder: string }
  | { readonly kind: 'image'; readonly image: string };

/**
 * Finds what the set-up has prepared: it says so in `HIE_JAVA` or `HIE_KAFKA_IMAGE`; a test that is run by hand finds
 * the archives where the set-up keeps them.
 *
 * @throws LocalExchangeError `kafka-not-installed`.
 */
export function kafkaRuntime(env: NodeJS.ProcessEnv = process.env): KafkaRuntime {
  const image = env['HIE_KAFKA_IMAGE'];
  if (image !== undefined) return { kind: 'image', image };
  const folder = kafkaFolder(env);
  if (!existsSync(folder)) throw new LocalExchangeError('kafka-not-installed', { folder });
  const java = env['HIE_JAVA'] ?? findJava();
  if (java === undefined) throw new LocalExchangeError('kafka-not-installed', { missing: 'Java 17' });
  return { kind: 'archives', java, folder };
}

/** A command that is run to its end, or kept running. */
export interface KafkaCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Its standard input is held open for as long as this process lives. */
  readonly holdsStdin?: boolean;
}

/** Every archive by name: the JVM's own `*` takes them in the folder's order, and a class archive fits one order only. */
function classPath(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(folder, name))
    .join(delimiter);
}

const JVM = ['-XX:-UsePerfData', '-Djava.awt.headless=true', `-Dlog4j2.configurationFile=${LOG_SETTINGS}`];

/** Makes the folders of a new broker. A container does it in its own start, so there is nothing to run before. */
export function formatCommand(
  runtime: KafkaRuntime,
  { properties, clusterId, jvm }: Pick<BrokerCommandOptions, 'properties' | 'clusterId' | 'jvm'>,
): KafkaCommand | undefined {
  if (runtime.kind === 'image') return undefined;
  return {
    command: runtime.java,
    // A second's work: the time to compile it well would not come back.
    args: [
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      ...JVM,
      ...jvm,
      '-cp',
      classPath(runtime.folder),
      'kafka.tools.StorageTool',
      'format',
      '--standalone',
      '--cluster-id',
      clusterId,
      '--config',
      properties,
    ],
  };
}

export interface BrokerCommandOptions {
  readonly properties: string;
  readonly clusterId: string;
  /** The run's folder for Kafka: what a container must see, at the same path. */
  readonly folder: string;
  readonly ports: readonly number[];
  readonly heapMb: number;
  /** More options for the JVM of the archives. */
  readonly jvm: readonly string[];
}

/** Starts the broker. */
export function brokerCommand(runtime: KafkaRuntime, options: BrokerCommandOptions): KafkaCommand {
  if (runtime.kind === 'image') return containerCommand(runtime.image, options);
  const heap = [`-Xmx${options.heapMb}m`, '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-XX:+ExitOnOutOfMemoryError'];
  return {
    command: runtime.java,
    args: [...heap, ...JVM, ...options.jvm, '-cp', classPath(runtime.folder), 'kafka.Kafka', options.properties],
  };
}

/**
 * The container lives as long as the client that started it: it reads its standard input, which closes when that client
 * is killed, and then kills the broker. A Docker engine would otherwise keep a container whose client is gone.
 */
const IN_CONTAINER = [
  'exec 3<&0',
  '/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --standalone --cluster-id "$1" --config "$0" >/dev/null || exit 1',
  '/opt/kafka/bin/kafka-server-start.sh "$0" & broker=$!',
  'trap "kill -TERM $broker" TERM INT',
  '(cat <&3 >/dev/null; kill -KILL $broker) & ',
  'wait $broker; wait $broker; exit $?',
].join('\n');

function containerCommand(
  image: string,
  { properties, clusterId, folder, ports, heapMb }: BrokerCommandOptions,
): KafkaCommand {
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid?.() ?? 0}`];
  return {
    command: 'docker',
    holdsStdin: true,
    args: [
      'run',
      '--rm',
      '--interactive',
      ...user,
      ...ports.flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`]),
      ...['--volume', `${folder}:${folder}`],
      ...['--env', `KAFKA_HEAP_OPTS=-Xmx${heapMb}m`, '--env', 'LOG_DIR=/tmp'],
      ...['--entrypoint', '/bin/bash', image, '-c', IN_CONTAINER, properties, clusterId],
    ],
  };
}
