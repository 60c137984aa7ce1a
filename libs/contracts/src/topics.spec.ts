import { answerAssembled, answerSchema } from './answer-assembled.js';
import { MAX_MESSAGE_BYTES, deadLetterTopic } from './event-type.js';
import * as contracts from './index.js';
import { services } from './services.js';
import { eventTypes, topicGrants } from './topics.js';

describe.each(eventTypes.map((type) => [type.topic, type] as const))('%s', (topic, type) => {
  it('still parses its example, and keeps every field of it', () => {
    expect(type.schema.parse(type.example)).toEqual(type.example);
  });

  it('refuses a message that is none', () => {
    expect(type.schema.safeParse({}).success).toBe(false);
  });

  it('has a key, a producer, a consumer and a versioned name', () => {
    expect(type.key(type.example)).toEqual(expect.any(String));
    expect(type.producers.length).toBeGreaterThan(0);
    expect(type.consumers.length).toBeGreaterThan(0);
    expect(topic).toMatch(/^[a-z]+\.[a-z]+(\.[a-z]+)?\.v\d+$/);
  });
});

describe('an answer', () => {
  it('is one without a record too, as when nobody but the requester knows the person', () => {
    const { answer } = answerAssembled.example;
    expect(answerSchema.parse(JSON.parse(answer))).not.toHaveProperty('clinical');
  });
});

describe('topicGrants', () => {
  const grants = topicGrants();
  const may = (service: string, operation: string, topic: string) =>
    grants.some((grant) => grant.service === service && grant.operation === operation && grant.topic === topic);

  it('lets only the gateway ask and only document-query answer', () => {
    const writers = (topic: string) => services.filter((service) => may(service, 'write', topic));
    expect(writers('exchange.query.requested.v1')).toEqual(['gateway']);
    expect(writers('exchange.answer.assembled.v1')).toEqual(['document-query']);
    expect(writers('audit.receipts.v1')).toEqual(['audit-ledger']);
  });

  it('lets only the ledger read what the others tell it', () => {
    expect(services.filter((service) => may(service, 'read', 'audit.events.v1'))).toEqual(['audit-ledger']);
  });

  it.each(['read', 'write'])('lets a consumer %s the dead letters of its topic and nobody else', (operation) => {
    const topic = deadLetterTopic('exchange.records.located.v1');
    expect(services.filter((service) => may(service, operation, topic))).toEqual(['document-query']);
  });
});

describe.each(eventTypes.map((type) => [type.topic, type] as const))('the configuration of %s', (_topic, type) => {
  it('says in how many partitions it lies, for how long, and how large a message may be', () => {
    expect(type.partitions).toBeGreaterThanOrEqual(1);
    const { retention } = type;
    if (retention.kind === 'delete') expect(retention.retentionMs).toBeGreaterThanOrEqual(60_000);
    else expect(retention.kind).toBe('compact');
    expect(type.maxBytes).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  });

  it('keeps what moves on a requester’s authority encrypted and no longer than its trouble is looked into', () => {
    if (type.authority !== 'transaction') return;
    expect(type.encrypted).toBe(true);
    expect(type.retention).toEqual({ kind: 'delete', retentionMs: 3_600_000 });
  });
});

describe('eventTypes', () => {
  it('names each topic once, and every contract file', () => {
    const topics = eventTypes.map(({ topic }) => topic);
    expect(new Set(topics).size).toBe(topics.length);
    const exported = Object.values(contracts).filter((value) => typeof value === 'object' && 'topic' in value);
    expect(exported.map(({ topic }) => topic).sort()).toEqual([...topics].sort());
  });

  it('leaves readable at the broker only who takes part, and receipts', () => {
    const readable = eventTypes.filter(({ encrypted }) => !encrypted).map(({ topic }) => topic);
    expect(readable).toEqual([
      'audit.receipts.v1',
      'participants.member.changed.v1',
      'clients.registration.changed.v1',
    ]);
  });
});
