import { Public } from '@hie/service-kit';
import { Controller, Get } from '@nestjs/common';

import { Witnessing, type WitnessingStatus } from '../ask-witnesses/witnessing.js';

/** Where the witnesses stand; only the sequencer asks them, and knows. */
@Controller('witnesses')
export class WitnessStatusController {
  constructor(private readonly witnessing: Witnessing) {}

  @Get()
  @Public()
  status(): WitnessingStatus {
    return this.witnessing.status;
  }
}
