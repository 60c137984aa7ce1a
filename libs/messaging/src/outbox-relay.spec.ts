import type { OutboxRecord, OutboxStore } from '@hie/persistence';

import type { CoalescingSender, OutgoingMessage } from './coalescing-sender.js';
import { OutboxRelay } from './outbox-relay.js';
import { packRecord } from './record-format.js';

const record = (id: string): OutboxRecord => {
  const message = { topic: 't', key: id, value: Buffer.from(id), headers: {} };
  return { id, topic: 't', key: id, record: packRecord(message) };
};

function setup(send: () => Promise<void> = () => Promise.resolve()) {
  const [sent, removed, errors]: [string[], string[], unknown[]] = [[], [], []];
  const sender = {
    send: (messages: readonly OutgoingMessage[]) => {
      sent.push(...messages.map(({ key }) => key));
      return send();
    },
  };
  const store = {
    remove: (ids: readonly string[]) => Promise.resolve(void removed.push(...ids)),
    stale: () => Promise.resolve([record('a')]),
  };
  const relay = new OutboxRelay({
    store: store as unknown as OutboxStore,
    sender: sender as unknown as CoalescingSender,
    onError: (error) => errors.push(error),
  });
  return { relay, sent, removed, errors };
}

describe(OutboxRelay.name, () => {
  it('sends what was committed, and removes what was sent', async () => {
    const { relay, sent, removed } = setup();
    await relay.handOff([record('a'), record('b')]);
    expect(sent).toEqual(['a', 'b']);
    await relay.stop();
    expect(removed).toEqual(['a', 'b']);
  });

  it('sends ahead of the commit, and removes only after it', async () => {
    const { relay, sent, removed } = setup();
    const ahead = relay.sendAhead([record('a')]);
    expect(sent).toEqual(['a']);
    await relay.stop();
    expect(removed).toEqual([]);
    ahead.settled();
    await relay.stop();
    expect(removed).toEqual(['a']);
  });

  it('leaves what could not be sent ahead to the sweep', async () => {
    let isBroken = true;
    const { relay, sent, removed, errors } = setup(() =>
      isBroken ? Promise.reject(new Error('away')) : Promise.resolve(),
    );
    const ahead = relay.sendAhead([record('a')]);
    ahead.settled();
    await relay.stop();
    expect([removed, errors]).toEqual([[], [new Error('away')]]);
    isBroken = false;
    relay.start();
    await relay.stop();
    expect([sent, removed]).toEqual([['a', 'a'], ['a']]);
  });
});
