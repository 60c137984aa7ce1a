import { digestOfCode, newOneTimeCode } from './one-time-code.js';

describe('a one-time code', () => {
  it('has 26 signs of 32, in groups, and is another every time', () => {
    const codes = Array.from({ length: 100 }, newOneTimeCode);
    expect(new Set(codes).size).toBe(100);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]$/);
  });

  it('is known again however it was typed', () => {
    const digest = digestOfCode('0A1BC-DE');
    for (const typed of ['0a1bcde', ' 0A1B CDE ', 'oa1bc-de', 'OAIBC-DE', 'oAlbcde']) {
      expect(digestOfCode(typed)).toEqual(digest);
    }
    expect(digestOfCode('0A1BC-DF')).not.toEqual(digest);
  });
});
