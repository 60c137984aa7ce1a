import { type ServiceName, services } from '@hie/contracts';

import { type ServicePlan, replicaProcesses, serviceProcesses } from './service-processes.js';

const eachOf = <T>(value: (service: ServiceName) => T): ReadonlyMap<ServiceName, T> =>
  new Map(services.map((service) => [service, value(service)]));

const plan = {
  run: { path: '/run', log: (name: string) => `/run/logs/${name}.log` },
  infrastructure: {
    kafka: { brokers: 'localhost:1' },
    certificates: { certificatePath: '/run/ca', certificate: 'ca' },
  },
  trust: { folder: '/run/trust', operator: {} },
  databases: eachOf((service) => ({ url: `postgresql://${service}`, migrationUrl: `postgresql://${service}-owner` })),
  leaves: eachOf((service) => ({ certificatePath: `/run/${service}.crt`, keyPath: `/run/${service}.key` })),
  ports: eachOf((service) => services.indexOf(service)),
  replicaPorts: [100],
  udap: { leaf: {} },
} as unknown as ServicePlan;

describe('a service’s process', () => {
  const processes = [...serviceProcesses(plan), ...replicaProcesses(plan)];

  it('is given the role that it runs under, and nobody’s that owns a schema', () => {
    expect(processes).toHaveLength(services.length + 1);
    for (const { env } of processes) {
      const given = Object.values(env ?? {}).map(String);
      expect(given.filter((value) => value.startsWith('postgresql://'))).toHaveLength(1);
      expect(given.filter((value) => value.includes('-owner'))).toEqual([]);
    }
  });

  it('is given the keys of its own service and no other’s', () => {
    for (const { name, env } of processes.slice(0, services.length))
      expect(env?.['KEY_FILE']).toBe(`/run/trust/${name}.keys.json`);
  });

  it('is given the members’ keys, but for the ledger, which reads nothing that lies under them', () => {
    const without = processes.filter(({ env }) => env?.['MEMBER_KEYS'] === undefined).map(({ name }) => name);
    expect(without).toEqual(['audit-ledger', 'audit-ledger-replica-1']);
  });
});
