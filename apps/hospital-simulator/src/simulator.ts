import { type Hospital, type Population, type Story, population } from '@hie/population';

import { type Feed, type FeedOptions, type FeedProgress, startFeed } from './feed/feed.js';
import { FeedError, exchangeClient } from './feed/exchange-client.js';
import { type Member, startMember } from './member/member.js';
import { bundleRecords } from './records/bundle-records.js';
import { chartPool } from './records/chart-cache.js';
import { generatedRecords } from './records/generated-records.js';
import { type MemberRecords } from './records/member-records.js';
import { type HospitalConfig, type SimulatorConfig } from './simulator.config.js';

/** All members of one process. */
export interface Simulator {
  readonly members: ReadonlyMap<string, Member>;
  /** The stories of a generated population; none of bundles. */
  readonly stories: readonly Story[];
  /** Starts a member's feed. A feed that is under way goes on, and is what is returned. @throws FeedError `not-configured` */
  readonly feed: (member: Member, options: FeedOptions) => Promise<Feed>;
  readonly feedProgress: (member: Member) => FeedProgress | undefined;
  readonly cancelFeed: (member: Member) => void;
  readonly stop: (graceMs: number) => Promise<void>;
}

/**
 * Starts every member of a configuration.
 *
 * @throws BundleFolderError, or an Error of Node.js when a port is taken; members that were up are stopped again.
 */
export async function startSimulator(config: SimulatorConfig): Promise<Simulator> {
  const hospitals = config.hospitals.map(({ id, name, identifierSystem }): Hospital => ({
    id,
    name,
    identifierSystem,
  }));
  const { records, stories } = await recordsOf(config, hospitals);
  const charts = chartPool(config.chartCacheBytes);
  const members = new Map<string, Member>();
  const feeds = new Map<string, Feed>();
  const stop = async (graceMs: number): Promise<void> => {
    for (const feed of feeds.values()) feed.cancel();
    await Promise.all([...members.values()].map((member) => member.stop(graceMs)));
  };
  try {
    for (const [position, hospital] of config.hospitals.entries()) {
      const own = records[position];
      if (own === undefined) throw new RangeError('every hospital has records');
      members.set(hospital.id, await startMember(hospital, own, charts));
    }
  } catch (cause) {
    await stop(0);
    throw cause;
  }

  return {
    members,
    stories,
    feed: async ({ config: member, records: own }, options) => {
      const running = feeds.get(member.id);
      if (running?.progress().state === 'running') return running;
      const feed = startFeed(own, member.identifierSystem, await clientOf(member), options);
      feeds.set(member.id, feed);
      return feed;
    },
    feedProgress: ({ config: { id } }) => feeds.get(id)?.progress(),
    cancelFeed: ({ config: { id } }) => feeds.get(id)?.cancel(),
    stop,
  };
}

async function clientOf({ exchange, client, organizationId }: HospitalConfig): ReturnType<typeof exchangeClient> {
  if (exchange === undefined || client === undefined)
    throw new FeedError('not-configured', 'exchange and client are not configured');
  return exchangeClient(exchange, client, organizationId);
}

async function recordsOf(
  { population: source }: SimulatorConfig,
  hospitals: readonly Hospital[],
): Promise<{ readonly records: readonly MemberRecords[]; readonly stories: readonly Story[] }> {
  if ('bundles' in source) return { records: await bundleRecords(source.bundles, hospitals, source.seed), stories: [] };
  const { seed, people, asOf, stories, errorScale } = source;
  const generated: Population = population({
    seed,
    people,
    hospitals,
    ...(asOf === undefined ? {} : { asOf }),
    ...(stories === undefined ? {} : { stories }),
    ...(errorScale === undefined ? {} : { errorScale }),
  });
  return { records: generatedRecords(generated), stories: generated.stories };
}
