import { readDeadlineMs } from './deadline.js';

describe('readDeadlineMs', () => {
  it.each([
    [{}, 5000],
    [{ deadlinems: '800' }, 800],
    [{ 'deadline-ms': '800' }, 800],
    [{ deadlinems: '100' }, 100],
    [{ deadlinems: '30000' }, 30_000],
    [{ deadlinems: '99' }, undefined],
    [{ deadlinems: '30001' }, undefined],
    [{ deadlinems: '' }, undefined],
    [{ deadlinems: '1e3' }, undefined],
    [{ deadlinems: '-1' }, undefined],
    [{ deadlinems: 'soon' }, undefined],
    [{ deadlinems: ['1', '2'] }, undefined],
  ] as const)('%j: %s', (headers, expected) => {
    expect(readDeadlineMs(headers as Record<string, string>, 5000)).toBe(expected);
  });
});
