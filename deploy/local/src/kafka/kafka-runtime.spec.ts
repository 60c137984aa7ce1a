import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { brokerCommand, formatCommand, kafkaRuntime, type KafkaRuntime } from './kafka-runtime.js';

const options = {
  properties: '/run/k/server.properties',
  clusterId: 'id',
  folder: '/run/k',
  ports: [29194],
  heapMb: 512,
  jvm: ['-Xlog:disable'],
};
const folder = mkdtempSync(join(tmpdir(), 'hie-archives-'));
const archives: KafkaRuntime = { kind: 'archives', java: '/usr/bin/java', folder };
const image: KafkaRuntime = { kind: 'image', image: 'apache/kafka:4.3.1' };

beforeAll(() => {
  for (const name of ['b.jar', 'a.jar', 'notes.txt']) writeFileSync(join(folder, name), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe(brokerCommand.name, () => {
  it('runs the archives on the Java that was found, in the heap that was asked for', () => {
    const { command, args } = brokerCommand(archives, options);
    expect(command).toBe('/usr/bin/java');
    expect(args).toContain('-Xmx512m');
    expect(args).toContain(`${join(folder, 'a.jar')}:${join(folder, 'b.jar')}`);
    expect(args.slice(-2)).toEqual(['kafka.Kafka', '/run/k/server.properties']);
  });

  it('publishes a container on the loopback alone, and holds the pipe that it lives by', () => {
    const { command, args, holdsStdin } = brokerCommand(image, { ...options, ports: [29194, 29195] });
    expect(command).toBe('docker');
    expect(holdsStdin).toBe(true);
    expect(args).toContain('--interactive');
    expect(args.filter((_arg, index) => args[index - 1] === '--publish')).toEqual([
      '127.0.0.1:29194:29194',
      '127.0.0.1:29195:29195',
    ]);
    expect(args).toContain('/run/k:/run/k');
  });
});

describe(formatCommand.name, () => {
  it('formats before the archives run, and leaves it to the container', () => {
    expect(formatCommand(archives, options)?.args).toContain('kafka.tools.StorageTool');
    expect(formatCommand(image, options)).toBeUndefined();
  });
});

describe(kafkaRuntime.name, () => {
  it('takes the image that the set-up names', () => {
    expect(kafkaRuntime({ HIE_KAFKA_IMAGE: 'apache/kafka:4.3.1' })).toEqual(image);
  });

  it('says what to type where nothing was set up', () => {
    expect(() => kafkaRuntime({ HIE_CACHE: '/nowhere' })).toThrow(
      expect.objectContaining({ code: 'kafka-not-installed', message: expect.stringContaining('setup.mjs prepare') }),
    );
  });
});
