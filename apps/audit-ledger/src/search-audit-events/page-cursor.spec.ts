import { openCursor, sealCursor } from './page-cursor.js';

const key = Buffer.alloc(32, 7);
const sealed = sealCursor(key, 'a search', { size: 100, beforeIndex: 42 });

describe('a page cursor', () => {
  it('says where its search goes on', () => {
    expect(openCursor(key, 'a search', sealed)).toEqual({ size: 100, beforeIndex: 42 });
  });

  const forged = Buffer.from('{"size":999,"beforeIndex":999}').toString('base64url');
  it.each<[string, Buffer, string, string]>([
    ['for another search', key, 'another', sealed],
    ['under another key', Buffer.alloc(32, 8), 'a search', sealed],
    ['with another state', key, 'a search', `${forged}.${sealed.split('.')[1]}`],
    ['without a seal', key, 'a search', sealed.split('.')[0] ?? ''],
    ['with something behind', key, 'a search', `${sealed}.x`],
    ['cut short', key, 'a search', sealed.slice(0, -2)],
    ['of nothing', key, 'a search', ''],
  ])('is not read %s', (_name, under, search, text) => {
    expect(openCursor(under, search, text)).toBeUndefined();
  });
});
