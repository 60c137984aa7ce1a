import type { ReviewVerdict } from '../identity-store/identity-event.js';
import { decideReview } from './decide-review.js';
import type { ReviewEntity } from './review.entity.js';

type Asked = Parameters<typeof decideReview>[0];

const open: Asked = {
  status: 'open',
  subject: 'link',
  proposal: null,
  candidates: [{ personId: 'p' }, { personId: 'q' }],
};
const proposedBy = (by: string, personId = 'p'): Asked => ({
  ...open,
  status: 'proposed',
  proposal: { verdict: 'same', personId, by, reason: 'same card', at: '2026-01-01T00:00:00.000Z' },
});
const word = (verdict: ReviewVerdict, by = 'ada', personId?: string) => ({
  verdict,
  by,
  reason: 'seen',
  ...(personId === undefined ? {} : { personId }),
});

describe(decideReview.name, () => {
  it('lets one person keep two apart, whatever another proposed', () => {
    expect(decideReview(open, word('different'))).toEqual({ kind: 'part' });
    expect(decideReview(proposedBy('ada'), word('different', 'bo'))).toEqual({ kind: 'part' });
  });

  it('lets one person propose to join, and another approve', () => {
    expect(decideReview(open, word('same', 'ada', 'p'))).toEqual({ kind: 'proposed' });
    expect(decideReview(proposedBy('ada'), word('same', 'bo', 'p'))).toEqual({
      kind: 'join',
      personId: 'p',
      proposedBy: 'ada',
    });
  });

  it.each(['ada', 'ADA', 'Ada', 'ａda'])('does not take the proposer (%s) for a second person', (by) => {
    expect(decideReview(proposedBy('ada'), word('same', by, 'p'))).toEqual({
      kind: 'refused',
      fault: 'second-person-needed',
    });
  });

  it('takes another candidate for another proposal, not for an approval', () => {
    expect(decideReview(proposedBy('ada', 'p'), word('same', 'bo', 'q'))).toEqual({ kind: 'proposed' });
  });

  it.each<[string, Asked, ReturnType<typeof word>, string]>([
    ['a word on what is decided', { ...open, status: 'decided' }, word('different'), 'review-decided'],
    ['a person who is no candidate', open, word('same', 'ada', 'x'), 'candidate-unknown'],
    ['nobody in particular', open, word('same'), 'candidate-unknown'],
    ['to drop where nothing is quarantined', open, word('reject'), 'verdict-not-offered'],
  ])('refuses %s', (_name, review, said, fault) => {
    expect(decideReview(review, said)).toEqual({ kind: 'refused', fault });
  });

  it.each<[ReviewVerdict, string]>([
    ['same', 'take-over'],
    ['different', 'take-over-apart'],
    ['reject', 'drop'],
  ])('of an overlay %s leads to %s', (verdict, kind) => {
    const overlay: Asked = { ...open, subject: 'overlay' as ReviewEntity['subject'] };
    expect(decideReview(overlay, word(verdict))).toEqual({ kind });
  });
});
