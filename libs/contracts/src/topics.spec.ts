import { answerAssembled, answerSchema } from './answer-assembled.js';
import { deadLetterTopic } from './event-type.js';
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

  it('lets a consumer write the dead letters of its topic and nobody else', () => {
    const topic = deadLetterTopic('exchange.records.located.v1');
    expect(services.filter((service) => may(service, 'write', topic))).toEqual(['document-query']);
  });
});
