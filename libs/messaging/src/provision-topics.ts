import { type AnyEventType, type Retention, deadLetterRetention, deadLetterTopic, eventTypes } from '@hie/contracts';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';

import { MessagingError } from './errors.js';

// kafkajs is CommonJS: what its enumerations are, Node finds on the default export alone.
const { ConfigResourceTypes } = kafkajs;

/** How a topic is configured at the broker: code, applied at start. */
export interface TopicSettings {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** The settings of every topic and its dead letters, from the contracts. */
export const topicSettings = (types: readonly AnyEventType[] = eventTypes): readonly TopicSettings[] =>
  types.flatMap(({ topic, partitions, retention }) => [
    { topic, partitions, config: configOf(retention) },
    { topic: deadLetterTopic(topic), partitions: 1, config: configOf(deadLetterRetention) },
  ]);

/** What differs at the broker from what the code says. */
export interface Drift {
  readonly topic: string;
  readonly setting: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * Creates what is missing and reports what differs; it changes no existing topic, because a shorter retention deletes and a new
 * partition count breaks the order of keys. That is an operator's decision.
 */
export async function provisionTopics(
  admin: Admin,
  replicationFactor: number,
  settings: readonly TopicSettings[] = topicSettings(),
): Promise<readonly Drift[]> {
  const existing = new Set(await admin.listTopics());
  const missing = settings.filter(({ topic }) => !existing.has(topic));
  const topics: ITopicConfig[] = missing.map(({ topic, partitions, config }) => ({
    topic,
    numPartitions: partitions,
    replicationFactor,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
  }));
  if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true });
  return findDrift(
    admin,
    settings.filter(({ topic }) => existing.has(topic)),
  );
}

/** Compares the broker with the code. */
export async function findDrift(admin: Admin, settings: readonly TopicSettings[]): Promise<readonly Drift[]> {
  if (settings.length === 0) return [];
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: settings.map(({ topic }) => ({ type: ConfigResourceTypes.TOPIC, name: topic })),
  });
  const { topics } = await admin.fetchTopicMetadata({ topics: settings.map(({ topic }) => topic) });
  return settings.flatMap(({ topic, partitions, config }) => {
    const entries = described.resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
    const found = new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    const compared = [...Object.entries(config), ['partitions', String(partitions)] as const];
    return compared
      .map(([setting, expected]) => {
        const actual = setting === 'partitions' ? String(count) : (found.get(setting) ?? '');
        return { topic, setting, expected, found: actual };
      })
      .filter((row) => row.expected !== row.found);
  });
}

/** @throws MessagingError `topic-drift` naming the first topic; every difference is for the operator to read. */
export function refuseDrift(drift: readonly Drift[]): void {
  const [first] = drift;
  if (first !== undefined) throw new MessagingError('topic-drift', { detail: `${first.topic}: ${first.setting}` });
}

function configOf(retention: Retention): Record<string, string> {
  const common = { 'message.timestamp.type': 'LogAppendTime' };
  return retention.kind === 'compact'
    ? { ...common, 'cleanup.policy': 'compact' }
    : { ...common, 'cleanup.policy': 'delete', 'retention.ms': String(retention.retentionMs) };
}
