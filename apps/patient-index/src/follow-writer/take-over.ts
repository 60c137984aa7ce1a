import { Injectable } from '@nestjs/common';

import { StandingDecisions } from '../identity-store/standing-decisions.js';
import { PastMerges } from '../merge-persons/past-merges.js';
import { IdentityFollower } from './identity-follower.js';
import { WriterSeat } from './writer-seat.js';

/** First nobody else can commit, then everything committed is read, and only then does this instance write. */
@Injectable()
export class TakeOver {
  constructor(
    private readonly seat: WriterSeat,
    private readonly follower: IdentityFollower,
    private readonly decisions: StandingDecisions,
    private readonly merges: PastMerges,
  ) {}

  async run(): Promise<void> {
    const epoch = await this.seat.claim();
    await this.seat.inTurn(async () => {
      await this.follower.catchUp();
      await this.decisions.load(this.follower.position);
      await this.merges.tell();
      this.seat.open(epoch);
    });
  }
}
