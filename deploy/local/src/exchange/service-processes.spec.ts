import { type ServiceName, services } from '@hie/contracts';

import { type ServicePlan, replicaProcesses, serviceProcesses } from './service-processes.js';

const eachOf = <T>(value: (service: ServiceName) => T): ReadonlyMap<ServiceName, T> =>
  new Map(services.map((service) => [service, value(service)]));

const plan = {
  run: { path: '/run', log: (name: string) => `/run/logs/${name}.log` },
  infrastructure: {
    kafka: { brokers: 'localhost:1', stop: () => undefined },
    postgres: { url: 'postgresql://localhost:1', stop: () => undefined },
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

  it('is told whom to believe of servers that others run, and of this run’s own nothing more', () => {
    const aboutOthers = ({ env = {} }: { readonly env?: Readonly<Record<string, string>> }) =>
      Object.fromEntries(Object.entries(env).filter(([name]) => /^(KAFKA_(CA|CERT|KEY)|DATABASE_CA)$/.test(name)));
    const admin = { caPath: '/given/ca', certificatePath: '/given/crt', keyPath: '/given/key' };
    const given = { kafka: { brokers: 'kafka.example:1', admin }, postgres: { url: '', caPath: '/given/db-ca' } };
    const infrastructure = { ...plan.infrastructure, ...given } as unknown as ServicePlan['infrastructure'];
    for (const process of serviceProcesses({ ...plan, infrastructure })) {
      expect(aboutOthers(process)).toEqual({
        ...{ KAFKA_CA: '/given/ca', KAFKA_CERT: '/given/crt', KAFKA_KEY: '/given/key' },
        DATABASE_CA: '/given/db-ca',
      });
    }
    for (const process of processes) expect(aboutOthers(process)).toEqual({});
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
