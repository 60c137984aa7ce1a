import { type CanActivate, Injectable } from '@nestjs/common';

import { WriterSeat } from './writer-seat.js';

/** Doors of people and feeds: only the instance that writes opens them, and the gateway goes on to the next (421). */
@Injectable()
export class WritersDoorGuard implements CanActivate {
  constructor(private readonly seat: WriterSeat) {}

  canActivate(): boolean {
    this.seat.demand();
    return true;
  }
}
