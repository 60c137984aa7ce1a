// `Patient/$match` at the index: what it offers, what it tells of whom, and what it says when it is not sure.
import { randomUUID } from 'node:crypto';

import type { Demographics, PatientIdentified } from '@hie/contracts';
import { testSchema } from '@hie/testing-kit';

import { type IdentityService, claimsOf, fed, identityService } from '../identity-store/identity-service.fixture.js';

let schema: Awaited<ReturnType<typeof testSchema>>;
let service: IdentityService;

const ssn = (value: string) => [{ system: 'http://hl7.org/fhir/sid/us-ssn', value }];
const elena = {
  given: ['Maria', 'Elena'],
  family: ['Garcia'],
  birthDate: '1985-05-05',
  identifiers: ssn('219-09-3141'),
};
const teresa = {
  given: ['Maria', 'Teresa'],
  family: ['Garcia'],
  birthDate: '1985-05-05',
  identifiers: ssn('078-05-9265'),
};
const apart = { phones: ['401-555-0110'], addresses: [{ street: '1109 Union Avenue', postalCode: '02909' }] };

beforeAll(async () => {
  schema = await testSchema();
  service = await identityService(schema);
  for (const record of [fed('E', elena), fed('T', { ...teresa, ...apart })]) {
    await service.register.register('mercy', [record], claimsOf('mercy'));
  }
});
afterAll(async () => {
  await service.close();
  await schema.drop();
});

async function matched(demographics: Partial<Demographics>, match: { onlyCertain: boolean; count: number }) {
  const query = {
    operation: 'match',
    kinds: [],
    stages: ['critical'],
    patient: { demographics: { ...fed('X').demographics, identifiers: [], ...demographics } },
    requester: { memberId: 'harbor', clientId: 'c' },
    match,
  };
  const { emit } = await service.identify.handle({ txn: randomUUID(), query: JSON.stringify(query) });
  return emit[0]?.body as PatientIdentified;
}

const bare = { given: ['Maria'], family: ['Garcia'], birthDate: '1985-05-05', phones: [], addresses: [] };

describe('$match', () => {
  it('offers the certain one with its calibrated probability', async () => {
    const { identity, candidates } = await matched(elena, { onlyCertain: true, count: 5 });
    expect(identity.outcome).toBe('certain');
    expect(candidates).toHaveLength(1);
    expect(candidates[0]).toMatchObject({ grade: 'certain' });
    expect(candidates[0]?.probability).toBeGreaterThanOrEqual(0.95);
    expect(candidates[0]?.probability).toBeLessThanOrEqual(1);
  });

  it('offers nobody when two fit and only a certain one was asked for', async () => {
    const { identity, candidates } = await matched(bare, { onlyCertain: true, count: 5 });
    expect([identity.outcome, candidates]).toEqual(['ambiguous', []]);
  });

  it('offers both otherwise, neither as certain, and no more than were asked for', async () => {
    const both = await matched(bare, { onlyCertain: false, count: 5 });
    expect(both.candidates).toHaveLength(2);
    expect(both.candidates.map(({ grade }) => grade)).not.toContain('certain');
    expect((await matched(bare, { onlyCertain: false, count: 1 })).candidates).toHaveLength(1);
  });

  it('tells of nobody a contact, an address or a number', async () => {
    const { candidates } = await matched(bare, { onlyCertain: false, count: 5 });
    for (const { demographics } of candidates) {
      expect(demographics).toMatchObject({ phones: [], emails: [], addresses: [], identifiers: [], furtherNames: [] });
      expect(demographics?.birthDate).toBe('1985-05-05');
    }
    expect(JSON.stringify(candidates)).not.toMatch(/0110|Union|9265|3141/);
  });
});
