// The log's side of the witness protocol against witnesses that are honest, away, behind, ahead and lying. They decide with the same code
// as a real one (decideCosignature); that a real one speaks the protocol over HTTP is tested in apps/ledger-witness and test/journeys.
import { generateKeyPairSync } from 'node:crypto';

import {
  cosign,
  decideCosignature,
  formatSignatureLine,
  memoryStorage,
  noteSigner,
  openCheckpoint,
  openLog,
  parseAddCheckpoint,
  readCheckpoint,
  type TreeHead,
} from '@hie/transparency-log';

import type { PostCheckpoint, WitnessReply } from './ask-witness.js';
import { witnessRounds, type WitnessStanding } from './witness-round.js';

const origin = 'ledger.example/log';
const signerOf = (name: string) => noteSigner(name, 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
const logSigner = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const logKeys = [logSigner.key];

type Twist = (reply: WitnessReply, raw: string) => WitnessReply | Promise<WitnessReply>;

/** A witness in memory; `twist` is what it makes of the answer it should give. */
function memoryWitness(name: string) {
  const signer = signerOf(name);
  const state: { latest: TreeHead | undefined; asked: number; twist: Twist } = {
    latest: undefined,
    asked: 0,
    twist: (reply) => reply,
  };
  const honest = async (body: string): Promise<{ reply: WitnessReply; raw: string }> => {
    const request = parseAddCheckpoint(body);
    const decision = decideCosignature(request, new Map([[origin, logKeys]]), state.latest);
    const text = { contentType: 'text/plain', raw: request.checkpoint };
    if (decision.kind === 'refuse') {
      const stale = decision.reason === 'stale';
      const reply = { status: decision.status, contentType: stale ? 'text/x.tlog.size' : 'text/plain' };
      return { reply: { ...reply, body: stale ? `${decision.latestSize}\n` : '' }, raw: text.raw };
    }
    state.latest = decision.checkpoint.checkpoint;
    const line = formatSignatureLine(await cosign(decision.checkpoint, signer, 1_700_000_000));
    return { reply: { status: 200, contentType: text.contentType, body: line }, raw: text.raw };
  };
  return { name, signer, state, honest };
}

function setUp(names: readonly string[] = ['w1', 'w2', 'w3'], quorum = 2) {
  const members = names.map(memoryWitness);
  const changes: WitnessStanding[] = [];
  const post: PostCheckpoint = async ({ name }, body) => {
    const member = members.find((each) => each.name === name)!;
    member.state.asked += 1;
    const { reply, raw } = await member.honest(body);
    return member.state.twist(reply, raw);
  };
  const witnesses = members.map(({ name, signer }) => ({ name, url: `https://${name}.example/`, keys: [signer.key] }));
  const start = () =>
    witnessRounds({
      policy: { quorum, witnesses },
      ...{ logKeys: () => logKeys, post },
      now: () => new Date(0),
      onChange: (standing) => changes.push(standing),
    });
  const trust = { origin, logKeys, witnesses: members.map(({ signer }) => signer.key), quorum };
  return { members, start, changes, trust };
}

async function aLog(count = 3) {
  const log = await openLog(memoryStorage(), { origin, signer: logSigner, publication: 'when-cosigned' });
  let entries = 0;
  const grow = (by: number) => log.append(Array.from({ length: by }, () => Buffer.from(`entry ${entries++}`)));
  await grow(count);
  return { log, grow };
}

const words = (standings: readonly WitnessStanding[]) =>
  standings.map(({ name, size, last }) => `${name} ${size} ${last}`);

it('gives a checkpoint under all who answered, which the log takes', async () => {
  const { start, trust } = setUp();
  const { log, grow } = await aLog();
  const rounds = start();
  for (const by of [0, 300]) {
    await grow(by);
    const note = (await rounds.ask(log))!;
    expect(openCheckpoint(note, { ...trust, quorum: 3 }).size).toBe(log.head.size);
    expect(await log.publish(note)).toBe('published');
  }
  expect(words(rounds.standings)).toEqual(['w1 303 cosigned', 'w2 303 cosigned', 'w3 303 cosigned']);
});

it('finds out where its witnesses are after it is started again, and asks once more from there', async () => {
  const { members, start, trust } = setUp();
  const { log, grow } = await aLog();
  await start().ask(log);
  await grow(300);
  expect(openCheckpoint((await start().ask(log))!, trust).cosigners).toHaveLength(3);
  expect(members.map(({ state }) => state.asked)).toEqual([3, 3, 3]);
});

it('brings a witness along that was away', async () => {
  const { members, start, changes } = setUp();
  const { log, grow } = await aLog();
  const rounds = start();
  members[2]!.state.twist = () => Promise.reject(new Error('ECONNREFUSED'));
  await rounds.ask(log);
  await grow(10);
  await rounds.ask(log);
  expect(words(rounds.standings)).toContain('w3 0 away');
  members[2]!.state.twist = (reply) => reply;
  await grow(10);
  await rounds.ask(log);
  expect(words(rounds.standings)).toContain('w3 23 cosigned');
  expect(words(changes.filter(({ name }) => name === 'w3'))).toEqual(['w3 0 away', 'w3 23 cosigned']);
});

it('has none while the quorum is missing', async () => {
  const { members, start } = setUp();
  const { log } = await aLog();
  members[0]!.state.twist = () => Promise.reject(new Error('ECONNREFUSED'));
  members[1]!.state.twist = (reply) => ({ ...reply, status: 503 });
  members[2]!.state.twist = (reply) => ({ ...reply, status: 403 });
  const rounds = start();
  expect(await rounds.ask(log)).toBeUndefined();
  expect(rounds.standings.map(({ last, status }) => [last, status])).toEqual([
    ['away', undefined],
    ['away', 503],
    ['refused', 403],
  ]);
});

it('does not wait for one that hangs when there are enough without it', async () => {
  const { members, start, trust } = setUp();
  const { log, grow } = await aLog();
  const rounds = start();
  let release: (() => void) | undefined;
  members[0]!.state.twist = (reply) => new Promise((resolve) => (release = () => resolve(reply)));
  expect(openCheckpoint((await rounds.ask(log))!, trust).cosigners.map(({ name }) => name)).toEqual(['w2', 'w3']);
  await grow(5);
  await rounds.ask(log);
  // Still busy with the first question.
  expect(members[0]!.state.asked).toBe(1);
  release?.();
});

describe('a witness that lies', () => {
  const flipped: Twist = (reply) => {
    const [dash, name, signature = ''] = reply.body.trimEnd().split(' ');
    const bytes = Buffer.from(signature, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    return { ...reply, body: `${dash} ${name} ${bytes.toString('base64')}\n` };
  };
  const otherText: Twist = async (reply, raw) => {
    const { checkpoint } = readCheckpoint(raw);
    const elsewhere = memoryWitness('w1');
    return {
      ...reply,
      body: formatSignatureLine(await cosign({ ...readCheckpoint(raw), checkpoint }, elsewhere.signer, 1)),
    };
  };
  it.each<[string, Twist]>([
    ['with a broken signature', flipped],
    ['with the signature of a key that is not its own', otherText],
    ['with nothing', (reply) => ({ ...reply, body: '' })],
    ['with what is no signature line', (reply) => ({ ...reply, body: 'all is well\n' })],
  ])('%s is left out, and condemns nothing', async (_how, twist) => {
    const { members, start, trust } = setUp();
    const { log } = await aLog();
    members[0]!.state.twist = twist;
    const rounds = start();
    const note = (await rounds.ask(log))!;
    expect(openCheckpoint(note, trust).cosigners.map(({ name }) => name)).toEqual(['w2', 'w3']);
    expect(words(rounds.standings)).toContain('w1 0 cosignature-invalid');
  });

  it('in another’s name does not spoil that one’s word', async () => {
    const { members, start, trust } = setUp();
    const { log } = await aLog();
    members[0]!.state.twist = (reply) => {
      const forged = formatSignatureLine({
        ...{ name: 'w2', keyId: members[1]!.signer.key.keyId },
        signature: Buffer.alloc(72),
      });
      return { ...reply, body: reply.body + forged };
    };
    expect(openCheckpoint((await start().ask(log))!, { ...trust, quorum: 3 }).cosigners).toHaveLength(3);
  });

  it.each([
    ['a size that it was not asked from, again and again', '1\n', 'refused'],
    ['a size that is no number', 'x\n', 'refused'],
    ['a larger tree than the log has', '99\n', 'log-behind'],
  ])('and claims %s is not believed', async (_what, body, fault) => {
    const { members, start } = setUp();
    const { log } = await aLog();
    members[0]!.state.twist = () => ({ status: 409, contentType: 'text/x.tlog.size', body });
    const rounds = start();
    expect(await rounds.ask(log)).toBeDefined();
    expect(words(rounds.standings)).toContain(`w1 0 ${fault}`);
    expect(members[0]!.state.asked).toBeLessThanOrEqual(2);
  });
});
