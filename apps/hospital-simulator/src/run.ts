import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { type SimulatorConfig } from './simulator.config.js';
import { SimulatorModule } from './simulator.module.js';
import { startSimulator } from './simulator.js';

/** What is said when everything listens: one line of JSON on standard output. */
export interface ReadyLine {
  readonly event: 'ready';
  readonly admin: string;
  readonly hospitals: readonly {
    readonly id: string;
    readonly organizationId: string;
    readonly name: string;
    readonly fhirUrl: string;
    readonly tokenUrl: string;
    readonly adminUrl: string;
    readonly patients: number;
  }[];
}

/** A running process's worth of members. */
export interface Running {
  readonly ready: ReadyLine;
  readonly stop: (graceMs?: number) => Promise<void>;
}

const GRACE_MS = 2_000;

/** Starts members and admin API. @throws whatever `startSimulator` throws, or an Error of Node.js when the admin port is taken. */
export async function run(config: SimulatorConfig): Promise<Running> {
  const simulator = await startSimulator(config);
  const stopMembers = (graceMs: number): Promise<void> => simulator.stop(graceMs);
  let app: NestFastifyApplication;
  try {
    app = await NestFactory.create<NestFastifyApplication>(
      SimulatorModule.over(simulator),
      new FastifyAdapter({ bodyLimit: 65_536 }),
      {
        logger: ['error', 'warn'],
      },
    );
    await app.listen(config.admin.port, '127.0.0.1');
  } catch (cause) {
    await stopMembers(0);
    throw cause;
  }
  const admin = await app.getUrl();
  const hospitals = [...simulator.members.values()].map(
    ({ config: { id, organizationId, name }, fhirUrl, tokenUrl, records }) => ({
      id,
      organizationId,
      name,
      fhirUrl,
      tokenUrl,
      adminUrl: `${admin}/admin/hospitals/${id}`,
      patients: records.patientCount,
    }),
  );
  return {
    ready: { event: 'ready', admin, hospitals },
    stop: async (graceMs = GRACE_MS) => {
      await Promise.all([app.close(), stopMembers(graceMs)]);
    },
  };
}
