import type { StandingDecisions } from '../identity-store/standing-decisions.js';
import type { IdentityFollower } from './identity-follower.js';
import type { WriterSeat } from './writer-seat.js';

/** First nobody else can commit, then everything committed is read, and only then does this instance write. */
export async function takeOver(
  seat: WriterSeat,
  follower: IdentityFollower,
  decisions: StandingDecisions,
): Promise<void> {
  const epoch = await seat.claim();
  await seat.inTurn(async () => {
    await follower.catchUp();
    await decisions.load(follower.position);
    seat.open(epoch);
  });
}
