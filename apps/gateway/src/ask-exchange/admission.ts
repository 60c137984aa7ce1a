import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';
import { AdmissionLimit } from './admission-limit.js';
import type { PendingQuery } from './pending-query.js';
import { type Waiting, nextToEnter, placesOfEach } from './waiting-room.js';

/** Somebody who would ask, and by when the answer must be there. */
export interface Applicant extends Waiting {
  /** ms since the epoch. */
  readonly deadlineMs: number;
}

interface Guest extends Applicant {
  readonly enter: () => void;
}

/** A query needs this share of its time for its way through the exchange; who is not let in by then is told at once. */
const SHARE_FOR_THE_WAY = 0.5;

/**
 * Lets no more queries on their way than the exchange carries.
 *
 * Beyond that every further query would make all others late, until none is answered in time. Whoever is over the limit waits at
 * the door, where waiting costs nothing, and is refused while there is still time to act on it. So does whose member has its share
 * of the places: however slow its own questions are, the others' places are free.
 */
@Injectable()
export class Admission {
  private readonly limit = new AdmissionLimit();
  private readonly underWay = new Map<string, number>();
  private readonly room: Guest[] = [];
  private total = 0;

  constructor(@Inject(SERVICE_CONFIG) private readonly config: Pick<GatewayConfig, 'MEMBER_SHARE'>) {}

  /** Waits for a place. @throws OutcomeError `overloaded`. */
  async enter(applicant: Applicant): Promise<void> {
    const entered = this.wait(applicant);
    this.letIn();
    await entered;
  }

  /** Gives the place back when the query has its first answer, or ended without. */
  leaveWith(query: PendingQuery): void {
    let isOut = false;
    const leave = (isAnswered: boolean): void => {
      if (isOut) return;
      isOut = true;
      this.leave(query.memberId, isAnswered);
    };
    query.listen({ onStage: () => leave(true), onEnd: (failure) => leave(failure === undefined) });
  }

  /** Gives the place of a query back that was never sent. */
  withdraw({ memberId }: Waiting): void {
    this.free(memberId);
  }

  private wait(applicant: Applicant): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUpAfterMs = (applicant.deadlineMs - Date.now()) * SHARE_FOR_THE_WAY;
      const guest: Guest = {
        ...applicant,
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.room.splice(this.room.indexOf(guest), 1);
        reject(new OutcomeError('overloaded'));
      }, giveUpAfterMs);
      this.room.push(guest);
    });
  }

  private leave(memberId: string, isAnswered: boolean): void {
    this.limit.noteEnd(isAnswered, this.room.length > 0);
    this.free(memberId);
  }

  private free(memberId: string): void {
    this.total -= 1;
    const left = (this.underWay.get(memberId) ?? 1) - 1;
    if (left > 0) this.underWay.set(memberId, left);
    else this.underWay.delete(memberId);
    this.letIn();
  }

  private letIn(): void {
    while (this.total < this.limit.value) {
      const at = nextToEnter(this.room, this.underWay, placesOfEach(this.limit.value, this.config.MEMBER_SHARE));
      const [next] = at === -1 ? [] : this.room.splice(at, 1);
      if (next === undefined) return;
      this.take(next);
      next.enter();
    }
  }

  private take({ memberId }: Waiting): void {
    this.total += 1;
    this.underWay.set(memberId, (this.underWay.get(memberId) ?? 0) + 1);
  }
}
