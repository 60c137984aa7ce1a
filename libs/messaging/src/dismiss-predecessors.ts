// Kafka's protocol: https://kafka.apache.org/protocol.html, DescribeGroups (15) and LeaveGroup (13)
import type { Kafka } from 'kafkajs';

/** Of kafkajs' connection to a coordinator, what is needed here. */
interface Coordinator {
  describeGroups(request: { readonly groupIds: readonly string[] }): Promise<{
    readonly groups: readonly {
      readonly members: readonly { readonly memberId: string; readonly clientId: string }[];
    }[];
  }>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  findGroupCoordinator(request: { readonly groupId: string }): Promise<Coordinator>;
}

type CreateCluster = (options: { readonly metadataMaxAge: number; readonly allowAutoTopicCreation: false }) => Cluster;

const METADATA_MAX_AGE_MS = 300_000;

/**
 * Lets the members that an earlier life of this client left behind in consumer groups leave them.
 *
 * A process that was killed has said no goodbye. Whoever joins after it is kept waiting until the dead member has had the whole
 * rebalance timeout to come back, which is most of the time a restart takes. A client id stands for one instance of a service, so
 * a member of that name that is there before this process has joined is dead; should it live after all, it joins again.
 *
 * @param clientId of this process, the same in every life
 * @returns how many members were dismissed
 */
export async function dismissPredecessors(
  kafka: Kafka,
  clientId: string,
  groupIds: readonly string[],
): Promise<number> {
  const cluster = createClusterOf(kafka)({ metadataMaxAge: METADATA_MAX_AGE_MS, allowAutoTopicCreation: false });
  await cluster.connect();
  try {
    const dismissed = await Promise.all(groupIds.map((groupId) => dismissFrom(cluster, clientId, groupId)));
    return dismissed.reduce((sum, count) => sum + count, 0);
  } finally {
    await cluster.disconnect();
  }
}

async function dismissFrom(cluster: Cluster, clientId: string, groupId: string): Promise<number> {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
  const dead = groups.flatMap(({ members }) => members).filter((member) => member.clientId === clientId);
  await Promise.all(dead.map(({ memberId }) => coordinator.leaveGroup({ groupId, memberId })));
  return dead.length;
}

/** kafkajs 2.2.4 has no public way to its connections: the client keeps the maker of them under a symbol (docs/adr/0022). */
function createClusterOf(kafka: Kafka): CreateCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create = symbol && (kafka as unknown as Record<symbol, unknown>)[symbol];
  if (typeof create !== 'function') throw new RangeError('The Kafka client is not made as kafkajs 2.2.4 makes it.');
  return create as CreateCluster;
}
