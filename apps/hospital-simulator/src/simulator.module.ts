import { type DynamicModule, Module } from '@nestjs/common';

import { AdminController, SIMULATOR } from './admin/admin.controller.js';
import { HealthController } from './admin/health.controller.js';
import { type Simulator } from './simulator.js';

/** The admin side of a running simulator. The members' own listeners are not Nest's: docs/adr/0130. */
@Module({})
export class SimulatorModule {
  static over(simulator: Simulator): DynamicModule {
    return {
      module: SimulatorModule,
      controllers: [AdminController, HealthController],
      providers: [{ provide: SIMULATOR, useValue: simulator }],
    };
  }
}
