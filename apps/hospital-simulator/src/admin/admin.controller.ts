import { type Story } from '@hie/population';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpException,
  Inject,
  NotFoundException,
  Param,
  Post,
  Put,
} from '@nestjs/common';
import { z } from 'zod';

import { type Faults, WELL, faultsSchema } from '../faults/faults.js';
import { FeedError } from '../feed/exchange-client.js';
import { type FeedProgress } from '../feed/feed.js';
import { MAX_FEED_BATCH } from '../feed/feed-bundle.js';
import { type Counters } from '../member/counters.js';
import { type Member } from '../member/member.js';
import { type Simulator } from '../simulator.js';

/** Token under which the running simulator is injected. */
export const SIMULATOR = Symbol('simulator');

const feedOptions = z.strictObject({
  batchSize: z.int().min(1).max(MAX_FEED_BATCH).default(MAX_FEED_BATCH),
  concurrency: z.int().min(1).max(16).default(4),
  limit: z.int().min(1).optional(),
});

/** What is to be known of a member. */
export interface MemberStatus {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly identifierSystem: string;
  readonly fhirUrl: string;
  readonly tokenUrl: string;
  readonly patients: number;
  readonly faults: Faults;
  readonly counters: Readonly<Counters>;
  readonly feed: FeedProgress | undefined;
}

/** The admin API, on the loopback: what tests and the demo turn and read. It has no access control and belongs into no production image. */
@Controller('admin')
export class AdminController {
  constructor(@Inject(SIMULATOR) private readonly simulator: Simulator) {}

  @Get('stories')
  stories(): readonly Story[] {
    return this.simulator.stories;
  }

  @Get('hospitals')
  hospitals(): readonly MemberStatus[] {
    return [...this.simulator.members.values()].map((member) => this.status(member));
  }

  @Get('hospitals/:id')
  hospital(@Param('id') id: string): MemberStatus {
    return this.status(this.member(id));
  }

  @Get('hospitals/:id/faults')
  faults(@Param('id') id: string): Faults {
    return this.member(id).faults();
  }

  /** Replaces all faults of a member. */
  @Put('hospitals/:id/faults')
  async setFaults(@Param('id') id: string, @Body() body: unknown): Promise<Faults> {
    const member = this.member(id);
    await member.setFaults(checked(faultsSchema, body));
    return member.faults();
  }

  @Delete('hospitals/:id/faults')
  async heal(@Param('id') id: string): Promise<Faults> {
    await this.member(id).setFaults(WELL);
    return WELL;
  }

  @Get('hospitals/:id/counters')
  counters(@Param('id') id: string): Readonly<Counters> {
    return this.member(id).counters();
  }

  @Delete('hospitals/:id/counters')
  resetCounters(@Param('id') id: string): Readonly<Counters> {
    const member = this.member(id);
    member.resetCounters();
    return member.counters();
  }

  /** Sends all of a member's patients to the exchange; answers at once, GET tells how far it is. */
  @Post('hospitals/:id/feed')
  @HttpCode(202)
  async feed(@Param('id') id: string, @Body() body: unknown): Promise<FeedProgress> {
    const { limit, ...options } = checked(feedOptions, body ?? {});
    try {
      const feed = await this.simulator.feed(this.member(id), {
        ...options,
        ...(limit === undefined ? {} : { limit }),
      });
      return feed.progress();
    } catch (cause) {
      if (cause instanceof FeedError) throw new HttpException({ error: cause.code, said: cause.said }, 409);
      throw cause;
    }
  }

  @Get('hospitals/:id/feed')
  feedProgress(@Param('id') id: string): FeedProgress {
    const progress = this.simulator.feedProgress(this.member(id));
    if (progress === undefined) throw new NotFoundException({ error: 'no-feed' });
    return progress;
  }

  @Delete('hospitals/:id/feed')
  cancelFeed(@Param('id') id: string): FeedProgress {
    this.simulator.cancelFeed(this.member(id));
    return this.feedProgress(id);
  }

  private member(id: string): Member {
    const member = this.simulator.members.get(id);
    if (member === undefined) throw new NotFoundException({ error: 'no-such-hospital' });
    return member;
  }

  private status(member: Member): MemberStatus {
    const { id, organizationId, name, identifierSystem } = member.config;
    const { fhirUrl, tokenUrl, records } = member;
    const feed = this.simulator.feedProgress(member);
    const patients = records.patientCount;
    return {
      id,
      organizationId,
      name,
      identifierSystem,
      fhirUrl,
      tokenUrl,
      patients,
      faults: member.faults(),
      counters: member.counters(),
      feed,
    };
  }
}

/** The body, checked; every fault is named at once. */
function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new HttpException({ error: 'invalid', faults }, 400);
}
