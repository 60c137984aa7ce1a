import type { PersonMatch } from '../identity-store/identity-index.js';
import { decideReturn } from './decide-return.js';

const tombstone = {
  ...{ memberId: 'mercy', identifierHash: Buffer.from('i'), recordId: 'r', personId: 'before', version: 3 },
  contentHash: Buffer.from('same'),
};
const match: PersonMatch = { personId: 'other', verdict: 'link', probability: 0.99, recordIds: [], traits: 0 };
const returning = (contentHash: string, refused: readonly string[] = [], matches = [match]) =>
  decideReturn({
    ...{ tombstone, contentHash: Buffer.from(contentHash), search: { matches, complete: true }, traits: 0 },
    areRefused: (personId, other) => personId === 'before' && refused.includes(other),
  });

describe('decideReturn', () => {
  it('restores what was withdrawn, whoever else it may fit by now', () => {
    expect(returning('same')).toEqual({ kind: 'restore' });
  });

  it('links another content like any new record', () => {
    expect(returning('another')).toEqual({ kind: 'link', personId: 'other', probability: 0.99 });
    expect(returning('another', [], [])).toEqual({ kind: 'new-person' });
  });

  it('asks somebody before it is linked to whom a person has parted the withdrawn one from', () => {
    expect(returning('another', ['other'])).toEqual({ kind: 'review', matches: [match], reason: 'plausible' });
  });
});
