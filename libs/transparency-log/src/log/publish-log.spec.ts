// What of a log is published, and when: at once, or once witnesses have cosigned it.
import { generateKeyPairSync } from 'node:crypto';

import { addSignatures, readCheckpoint } from '../notes/checkpoint.js';
import { cosign } from '../notes/cosignature.js';
import { noteSigner } from '../notes/note-signer.js';
import { openCheckpoint } from '../notes/open-checkpoint.js';
import { cosigned, entries, options, origin, rejection, signer, witness } from './log.fixture.js';
import { memoryStorage } from './memory-storage.js';
import { HEAD_PATH } from './head-path.js';
import { type LogOptions, openLog } from './open-log.js';

describe('publishing', () => {
  it('at once adds cosignatures to the newest checkpoint, and is superseded by the next append', async () => {
    const log = await openLog(memoryStorage(), options);
    const first = await log.append(entries(3));
    expect(await log.publish(await cosigned(first.checkpoint.raw))).toBe('published');
    expect(
      openCheckpoint(log.published.raw, { origin, logKeys: [signer.key], witnesses: [witness.key], quorum: 1 }).size,
    ).toBe(3);

    await log.append(entries(1, 3));
    expect(await log.publish(await cosigned(first.checkpoint.raw))).toBe('superseded');
    expect(log.published.size).toBe(4);
  });

  it('when cosigned leaves the checkpoint alone until then, and opens at the head all the same', async () => {
    const storage = memoryStorage();
    const held: LogOptions = { ...options, publication: 'when-cosigned' };
    const log = await openLog(storage, held);
    const [first, second] = [await log.append(entries(3)), await log.append(entries(2, 3))];
    expect(readCheckpoint(storage.resources.get('checkpoint')!).checkpoint.size).toBe(0);
    expect(readCheckpoint(storage.resources.get(HEAD_PATH)!).checkpoint.size).toBe(5);

    expect(await log.publish(await cosigned(first.checkpoint.raw))).toBe('published');
    expect(storage.resources.get('checkpoint')?.toString()).toContain('— w.example ');
    const again = await openLog(storage, held);
    expect([again.published.size, again.head.size]).toEqual([3, 5]);

    expect(await again.publish(await cosigned(second.checkpoint.raw))).toBe('published');
    expect(await again.publish(await cosigned(first.checkpoint.raw))).toBe('superseded');
    expect((await openLog(storage, options)).head.size).toBe(5);
  });

  it('gathers the cosignatures of one size', async () => {
    const second = noteSigner('w2.example', 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
    const log = await openLog(memoryStorage(), options);
    const { checkpoint } = await log.append(entries(3));
    await log.publish(await cosigned(checkpoint.raw));
    const other = addSignatures(checkpoint.raw, [await cosign(readCheckpoint(checkpoint.raw), second, 1_700_000_000)]);
    await log.publish(other);

    const trust = { origin, logKeys: [signer.key], witnesses: [witness.key, second.key], quorum: 2 };
    expect(openCheckpoint(log.published.raw, trust).cosigners.map(({ name }) => name)).toEqual([
      'w.example',
      'w2.example',
    ]);
  });

  it.each(['at-once', 'when-cosigned'] as const)(
    'keeps the later word of a witness that signed one size again (published %s)',
    async (publication) => {
      const storage = memoryStorage();
      await (await openLog(storage, { ...options, publication })).append(entries(3));
      const trust = { origin, logKeys: [signer.key], witnesses: [witness.key], quorum: 1 };
      for (const timestampSeconds of [1_700_000_000, 1_700_000_060]) {
        // Opened anew, its head bears the earlier word already.
        const log = await openLog(storage, { ...options, publication });
        const { raw } = log.head;
        await log.publish(addSignatures(raw, [await cosign(readCheckpoint(raw), witness, timestampSeconds)]));
        expect(openCheckpoint(log.published.raw, trust).cosigners).toEqual([{ name: 'w.example', timestampSeconds }]);
      }
    },
  );

  it('refuses a tree that the log never had', async () => {
    const [log, fork] = [await openLog(memoryStorage(), options), await openLog(memoryStorage(), options)];
    await log.append(entries(5));
    const [other, longer] = [await fork.append(entries(5, 9)), await fork.append(entries(5))];
    expect(await rejection(log.publish(other.checkpoint.raw))).toBe('consistency-unproven');
    expect(await rejection(log.publish(longer.checkpoint.raw))).toBe('consistency-unproven');
    expect(log.published.size).toBe(5);
  });
});
