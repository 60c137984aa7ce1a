import type { StoredEvent } from '../identity-store/identity-event.repository.js';
import { lastStay } from './last-stay.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 8, minute));
const events = (...told: readonly (readonly [minute: number, kind: string, personId: string])[]) =>
  told.map(([minute, kind, personId]) => ({ kind, personId, at: at(minute) }) as StoredEvent);

describe(lastStay.name, () => {
  it.each([
    ['while it lasts', events([1, 'linked', 'a']), [1, 59]],
    ['until it was taken off', events([1, 'linked', 'a'], [5, 'unlinked', 'a'], [5, 'linked', 'b']), [1, 5]],
    ['until its member withdrew it', events([1, 'linked', 'a'], [7, 'record-retracted', 'a']), [1, 7]],
    [
      'the last of several',
      events([1, 'linked', 'a'], [5, 'unlinked', 'a'], [5, 'linked', 'b'], [8, 'unlinked', 'b'], [8, 'linked', 'a']),
      [8, 59],
    ],
    ['not ended by what only changed', events([1, 'linked', 'a'], [3, 'record-changed', 'a']), [1, 59]],
  ])('%s', (_name, told, [since = 0, until = 0]) => {
    expect(lastStay('a', told, at(59))).toEqual({ personId: 'a', since: at(since), until: at(until) });
  });

  it('is none where a record never was', () => {
    expect(lastStay('c', events([1, 'linked', 'a']), at(59))).toBeUndefined();
  });
});
