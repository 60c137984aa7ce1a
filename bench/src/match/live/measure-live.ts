import { createMatchIndex } from '@hie/matching-engine';
import { population } from '@hie/population';

import { exactFigure, type Figure } from '../../shared/figure.js';
import { bounded } from '../bounded.js';
import { toPatientRecord } from '../measure-index.js';
import { calibrationOf, type Fed, feedPeople, type TrueRecord } from './feed-people.js';
import { livePeople } from './live-people.js';
import { measureBatchBlocks, measureIndexRules, type RuleMeasure } from './measure-blocking.js';

/** Recall and cost of every blocking rule, of a batch and of a live index. */
export interface BlockingMeasure {
  readonly batch: readonly RuleMeasure[];
  readonly index: readonly RuleMeasure[];
}

/**
 * The live rule as a whole: records of the generator fed one by one through search, verdict on each person, and link, review or new
 * person. Once as the machine leaves it, reviews undecided, and once with a reviewer who is right at once. Beside it, on the same records,
 * what each blocking rule finds and costs.
 */
export function measureLive(records: number): { readonly figures: Figure[]; readonly blocking: BlockingMeasure } {
  const label = records.toLocaleString('en-US');
  const fed = [...trueRecords(records)];
  const capacity = { capacity: records, population: records };
  const alone = feedPeople(livePeople(createMatchIndex(capacity)), fed);
  const reviewed = feedPeople(livePeople(createMatchIndex(capacity)), fed, true);
  const batch = measureBatchBlocks(fed);
  const figures = [
    bounded(`live, ${label} fed: search, verdict and insert`, alone.records / alone.seconds, 'records/s', '≥', 5_000),
    ...qualityFigures(`live, ${label} fed: people`, alone),
    ...qualityFigures(`live, ${label} fed, reviews decided rightly: people`, reviewed),
    exactFigure({
      name: `live, ${label} fed: sent to review`,
      value: alone.reviews / alone.records,
      unit: 'of records',
    }),
    exactFigure({ name: `live, ${label} fed: cut short`, value: alone.cutShort, unit: 'records' }),
    ...calibrationFigures(`live, ${label} fed`, alone),
    ...batch.figures,
  ];
  return { figures, blocking: { batch: batch.rules, index: indexRules(fed) } };
}

const qualityFigures = (name: string, { precision, recall, f1 }: Fed): Figure[] => [
  exactFigure({ name: `${name}, F1 of pairs`, value: f1, unit: '' }),
  exactFigure({ name: `${name}, precision of pairs`, value: precision, unit: '' }),
  exactFigure({ name: `${name}, recall of pairs`, value: recall, unit: '' }),
];

/** Of the persons given p, how far from p of them are right. */
function calibrationFigures(name: string, { told }: Fed): Figure[] {
  const { all, middle } = calibrationOf(told);
  const certain = told.filter(({ probability }) => probability >= 0.95);
  return [
    exactFigure({ name: `${name}: calibration error by person`, value: all, unit: '' }),
    exactFigure({ name: `${name}: calibration error by person, 0.01 < p < 0.99`, value: middle, unit: '' }),
    exactFigure({
      name: `${name}: of the persons given 0.95 or more, right`,
      value: certain.filter(({ isRight }) => isRight).length / Math.max(1, certain.length),
      unit: '',
    }),
  ];
}

function indexRules(records: readonly TrueRecord[]): RuleMeasure[] {
  const index = createMatchIndex({ capacity: records.length });
  const rowsOf = new Map<string, number[]>();
  const queries: TrueRecord[] = [];
  records.forEach((one, i) => {
    if (i % 50 === 1) queries.push(one);
    else rowsOf.set(one.personId, [...(rowsOf.get(one.personId) ?? []), index.insert(one.record)]);
  });
  return measureIndexRules(index, queries, (personId) => rowsOf.get(personId) ?? []);
}

function* trueRecords(records: number): Generator<TrueRecord> {
  let made = 0;
  for (const flat of population({ seed: 41, people: records, hospitals: 8 }).records()) {
    yield { record: toPatientRecord(flat), personId: flat.person_id };
    if (++made === records) return;
  }
}
