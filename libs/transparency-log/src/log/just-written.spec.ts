import { justWritten } from './just-written.js';
import { memoryStorage } from './memory-storage.js';

const tile = (width: number) => ({ path: `tile/0/000.p/${width}`, bytes: Buffer.from(`tile of ${width}`) });

describe('justWritten', () => {
  it('reads the tiles it was told of without the storage, and all else from it', async () => {
    const storage = memoryStorage(new Map([['tile/0/000', Buffer.from('stored')]]));
    const asked: string[] = [];
    const { reader, remember } = justWritten({
      read: (path) => {
        asked.push(path);
        return storage.read(path);
      },
    });
    remember([tile(1), { path: 'tile/entries/000.p/1', bytes: Buffer.from('entries') }]);

    expect((await reader.read('tile/0/000.p/1'))?.toString()).toBe('tile of 1');
    expect((await reader.read('tile/0/000'))?.toString()).toBe('stored');
    expect(await reader.read('tile/entries/000.p/1')).toBeUndefined();
    expect(asked).toEqual(['tile/0/000', 'tile/entries/000.p/1']);
  });

  it('keeps the last 64', async () => {
    const { reader, remember } = justWritten(memoryStorage());
    for (let width = 1; width <= 65; width += 1) remember([tile(width)]);
    expect(await reader.read('tile/0/000.p/1')).toBeUndefined();
    expect(await reader.read('tile/0/000.p/2')).toBeDefined();
    expect(await reader.read('tile/0/000.p/65')).toBeDefined();
  });
});
