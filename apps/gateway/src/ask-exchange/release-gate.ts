import { setTimeout as delay } from 'node:timers/promises';

import { OPERATOR, consentStandingChanged, identityStandingChanged } from '@hie/contracts';
import { ExchangeServer } from '@hie/messaging';
import { MemberDirectory, PersonStandings, PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

import type { GatewayConfig } from '../gateway.config.js';
import type { QueryTerms, ReleasedStage } from './pending-query.js';

/** What must have been read to its end before anything is shown. */
const TOPICS = [consentStandingChanged.topic, identityStandingChanged.topic];
const ASK_AGAIN_MS = 100;

/**
 * Judges whether what was decided still holds when it is shown.
 *
 * A change is acknowledged to whoever makes it only once Kafka holds the word of it. So this instance knows every change that was
 * acknowledged when it last asked Kafka where the topic ends and had read up to there. Nothing is shown on a look that is older than
 * `RELEASE_PROOF_MS`: that is the longest for which an acknowledged change may go unheeded, by this machine's own steady clock.
 *
 * The look is shared by all queries and begins when an answer arrives, so that it runs beside the wait for the ledger's receipt.
 */
@Injectable()
export class ReleaseGate implements OnApplicationBootstrap {
  private provenAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly server: ExchangeServer,
    private readonly standings: PersonStandings,
    private readonly directory: MemberDirectory,
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Opens the connection that looks go over, so that no query waits for it. */
  onApplicationBootstrap(): void {
    this.prepare();
  }

  /** Whether a judgement made now knows everything that it must know. */
  get isFresh(): boolean {
    return this.ageMs() <= this.config.RELEASE_PROOF_MS;
  }

  /** Begins a look where the last one will soon be too old; to be called when an answer is on its way. */
  prepare(): void {
    if (this.ageMs() <= this.config.RELEASE_PROOF_MS / 2) return;
    this.look().catch((error: unknown) => this.logger.warn({ err: error }, 'changes of consent not looked for'));
  }

  /** Waits until `isFresh`. @returns whether it is; not when `untilMs` (ms since the epoch) has come before. */
  async whenFresh(untilMs: number): Promise<boolean> {
    if (this.isFresh) return true;
    const giveUp = new AbortController();
    const overdue = delay(Math.max(0, untilMs - Date.now()), undefined, { signal: giveUp.signal }).catch(
      () => undefined,
    );
    try {
      await Promise.race([this.lookUntilFresh(giveUp.signal), overdue]);
      return this.isFresh;
    } finally {
      giveUp.abort();
    }
  }

  /** @returns why the stage may not be shown; `undefined` when it may. */
  judge(stage: ReleasedStage, { memberId }: Pick<QueryTerms, 'memberId'>): string | undefined {
    const { answer, basis } = stage;
    if (answer.outcome !== 'answered') return undefined;
    if (memberId !== OPERATOR && !this.directory.isActive(memberId)) return 'requester-suspended';
    if (basis === undefined) return 'basis-missing';
    if (basis.members.some((member) => !this.directory.isActive(member))) return 'member-suspended';
    return this.standings.changeSince(basis, Date.now());
  }

  private async lookUntilFresh(signal: AbortSignal): Promise<void> {
    while (!this.isFresh && !signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        this.logger.warn({ err: error }, 'changes of consent not looked for');
        await delay(ASK_AGAIN_MS);
      }
    }
  }

  /** One look at a time, for all who wait. */
  private look(): Promise<void> {
    this.looking ??= this.server
      .readToEnd(TOPICS)
      .then((askedAt) => {
        this.provenAt = askedAt;
      })
      .finally(() => {
        this.looking = undefined;
      });
    return this.looking;
  }

  private ageMs(): number {
    return performance.now() - this.provenAt;
  }
}
