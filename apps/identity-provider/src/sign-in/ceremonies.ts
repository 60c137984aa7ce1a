import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Clock } from '../people/clock.js';
import { CeremonyEntity } from './ceremony.entity.js';

/** A person reads, unlocks the key, and may try twice. */
const LASTS_MS = 5 * 60_000;
const CHALLENGE_BYTES = 32;

/** Challenges given out and not yet answered: each is good once, for a short while, for whoever it was given to. */
@Injectable()
export class Ceremonies {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  async begin(boundTo: string): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = Uint8Array.from(randomBytes(CHALLENGE_BYTES));
    const expiresAt = new Date(this.clock.now().getTime() + LASTS_MS);
    const row = { challenge: Buffer.from(challenge).toString('base64url'), boundTo, expiresAt };
    await this.source.getRepository(CeremonyEntity).insert(row);
    return challenge;
  }

  /** Takes a challenge out of the world: `true` once, for the one it was given to, in time. */
  async take(challenge: string, boundTo: string): Promise<boolean> {
    const { raw } = await this.source
      .createQueryBuilder()
      .delete()
      .from(CeremonyEntity)
      .where({ challenge })
      .returning(['boundTo', 'expiresAt'])
      .execute();
    const [taken] = raw as readonly { readonly bound_to: string; readonly expires_at: Date }[];
    return taken?.bound_to === boundTo && taken.expires_at > this.clock.now();
  }
}
