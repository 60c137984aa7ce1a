import { eventTypes, services } from '@hie/contracts';
import kafkajs from 'kafkajs';

import { accessList } from './provision-acls.js';
import { refuseDrift, topicSettings } from './provision-topics.js';

const { AclOperationTypes, AclResourceTypes } = kafkajs;

describe('accessList', () => {
  const topics = accessList().filter(({ resourceType }) => resourceType === AclResourceTypes.TOPIC);
  const writers = (topic: string) =>
    topics
      .filter(({ resourceName, operation }) => resourceName === topic && operation === AclOperationTypes.WRITE)
      .map(({ principal }) => principal);

  it('grants what the contracts say and nothing to anybody else', () => {
    expect(writers('exchange.answer.assembled.v1')).toEqual(['User:document-query']);
    expect(writers('exchange.disclosure.decided.v1')).toEqual(['User:consent']);
    const principals = new Set(accessList().map(({ principal }) => principal));
    expect([...principals].sort()).toEqual(services.map((service) => `User:${service}`).sort());
  });
});

describe('topicSettings', () => {
  it('has every topic of the contracts and its dead letters', () => {
    const names = topicSettings().map(({ topic }) => topic);
    for (const { topic } of eventTypes) expect(names).toEqual(expect.arrayContaining([topic, `${topic}.dlq`]));
  });

  it('lets the broker set the time, by which a back-dated seal shows', () => {
    for (const { config } of topicSettings()) expect(config['message.timestamp.type']).toBe('LogAppendTime');
  });

  it('compacts what is a table and deletes the rest', () => {
    const policy = Object.fromEntries(topicSettings().map(({ topic, config }) => [topic, config['cleanup.policy']]));
    expect(policy['participants.member.changed.v1']).toBe('compact');
    expect(policy['exchange.query.requested.v1']).toBe('delete');
  });
});

describe('refuseDrift', () => {
  it('names the first difference', () => {
    const drift = [{ topic: 't', setting: 'retention.ms', expected: '1', found: '2' }];
    expect(() => refuseDrift(drift)).toThrow(
      expect.objectContaining({ code: 'topic-drift', detail: 't: retention.ms' }),
    );
    expect(() => refuseDrift([])).not.toThrow();
  });
});
