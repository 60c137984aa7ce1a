import { createMatchIndex, type PatientRecord } from '@hie/matching-engine';

import { calibrationOf, feedPeople, type TrueRecord } from './feed-people.js';
import { livePeople } from './live-people.js';

const ann = (more: PatientRecord = {}): PatientRecord => ({
  names: [{ given: 'Ann', family: 'Whitlock' }],
  birthDates: ['1980-03-07'],
  sex: 'F',
  phones: ['937 234 0134'],
  addresses: [{ street: '12 Elm Street', postalCode: '45402' }],
  ...more,
});
const bo = ann({ names: [{ given: 'Bo', family: 'Okafor' }], birthDates: ['1955-11-30'], phones: ['614 444 1212'] });
const junior = ann({ names: [{ given: 'Ann', family: 'Whitlock', suffix: 'Jr' }] });
const senior = ann({ names: [{ given: 'Ann', family: 'Whitlock', suffix: 'Sr' }] });
const feed = (records: readonly TrueRecord[], areReviewsDecided = false): ReturnType<typeof feedPeople> =>
  feedPeople(livePeople(createMatchIndex({ capacity: 16 })), records, areReviewsDecided);

describe(feedPeople.name, () => {
  it('links who is the same, opens a person for who is not, and counts pairs by the truth', () => {
    const fed = feed([
      { record: ann(), personId: 'ann' },
      { record: bo, personId: 'bo' },
      { record: ann({ phones: [] }), personId: 'ann' },
      { record: ann({ birthDates: [] }), personId: 'somebody like her' },
    ]);
    // Three records stand together, in three pairs; one of them belongs together, and it is the only one that does.
    expect(fed).toMatchObject({ records: 4, reviews: 0, cutShort: 0, precision: 1 / 3, recall: 1, f1: 0.5 });
  });

  it('leaves who is to be reviewed alone, or to a reviewer who knows', () => {
    const records = [
      { record: senior, personId: 'ann' },
      { record: junior, personId: 'ann' },
    ];
    expect(feed(records)).toMatchObject({ reviews: 1, recall: 0 });
    expect(feed(records, true)).toMatchObject({ reviews: 1, recall: 1 });
  });
});

describe(calibrationOf.name, () => {
  it('is how far a probability is from the share that is right', () => {
    const told = [
      ...Array.from({ length: 10 }, (_, i) => ({ probability: 0.75, isRight: i < 5 })),
      { probability: 1, isRight: true },
    ];
    expect(calibrationOf(told).middle).toBeCloseTo(0.25, 9);
    expect(calibrationOf(told).all).toBeCloseTo(2.5 / 11, 9);
  });
});
