import { type AuditTally, TALLIED_AT_MOST, auditTallied } from '@hie/contracts';
import type { OutboxRecord, ToldEvents } from '@hie/persistence';

import { AuditTallies } from './audit-tallies.js';

/** A service that has told so many events, and what it says of them. */
function teller(events: number) {
  const said: AuditTally[] = [];
  const sent: string[] = [];
  let left = Array.from({ length: events }, (_, at) => `event ${at}`);
  let number = 0;
  const store: Pick<ToldEvents, 'tally'> = {
    tally: async (most, message) => {
      const tally = { number: (number += 1), eventIds: left.slice(0, most) };
      const record = await message(tally);
      left = left.slice(most);
      return { ...tally, record };
    },
  };
  const writer = {
    write: (type: unknown, body: AuditTally) => {
      expect(type).toBe(auditTallied);
      said.push(body);
      return Promise.resolve({ record: { id: `tally ${body.number}` } });
    },
  };
  const relay = {
    handOff: (records: readonly OutboxRecord[]) => {
      sent.push(...records.map(({ id }) => id));
      return Promise.resolve(true);
    },
  };
  const tallies = new AuditTallies({
    ...{ service: 'consent', events: store, writer: writer as never, relay },
    onError: (error) => {
      throw error;
    },
  });
  return { tallies, said, sent };
}

describe('what a service says that it told', () => {
  it('is said also when it was nothing: silence is heard', async () => {
    const { tallies, said, sent } = teller(0);
    await tallies.tell();
    expect(said).toMatchObject([{ service: 'consent', number: 1, eventIds: [] }]);
    expect(sent).toEqual(['tally 1']);
  });

  it('is said whole, in as many messages as it takes', async () => {
    const { tallies, said, sent } = teller(2 * TALLIED_AT_MOST + 3);
    await tallies.tell();
    expect(said.map(({ eventIds }) => eventIds.length)).toEqual([TALLIED_AT_MOST, TALLIED_AT_MOST, 3]);
    expect(sent).toHaveLength(3);
  });
});
