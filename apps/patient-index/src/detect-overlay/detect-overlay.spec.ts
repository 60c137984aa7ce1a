import type { Demographics } from '@hie/contracts';
import { createMatchIndex } from '@hie/matching-engine';

import { matchRecordOf } from '../identity-store/stored-record.js';
import { type StandIns, detectOverlay, suspectOverlay } from './detect-overlay.js';

const known: Demographics = {
  given: ['Maria', 'Elena'],
  family: ['Garcia'],
  furtherNames: [],
  birthDate: '1985-05-05',
  sex: 'female',
  phones: ['617-555-0143'],
  emails: [],
  addresses: [{ street: '64 Pleasant Street', city: 'Lowell', state: 'MA', postalCode: '01852' }],
  identifiers: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: '219-09-9999' }],
};
const bare = { identifiers: [] };
const newborn = { given: ['Baby Girl'], birthDate: '2026-01-05', identifiers: [], phones: [], addresses: [] };
const elsewhere = [{ street: '1109 Union Avenue', city: 'Providence', state: 'RI', postalCode: '02909' }];

/** What the identity fields say when a record's content becomes another. */
function suspicion(before: Partial<Demographics>, after: Partial<Demographics>) {
  const index = createMatchIndex({ population: 1_000_000 });
  const read = (over: Partial<Demographics>) => matchRecordOf({ ...known, ...over }, () => false);
  const row = index.insert(read(before));
  const [compared] = index.search(read(after), { rows: [row] }).candidates;
  if (compared === undefined) throw new RangeError('The row was not compared.');
  return detectOverlay(compared);
}

describe(detectOverlay.name, () => {
  it.each<[string, Partial<Demographics>, Partial<Demographics>]>([
    [
      'another patient altogether',
      {},
      { given: ['Chidi'], family: ['Okafor'], birthDate: '1950-02-03', sex: 'male', identifiers: [] },
    ],
    ['the daughter of the house', {}, { given: ['Sofia'], birthDate: '2011-08-30', identifiers: [] }],
    [
      'a boy of another family in a newborn girl’s chart',
      newborn,
      { ...newborn, given: ['Santiago'], family: ['Lindqvist'], sex: 'male' },
    ],
    ['her husband', {}, { given: ['Jorge'], birthDate: '1983-01-19', sex: 'male', identifiers: [] }],
    [
      'somebody with another number',
      {},
      {
        given: ['Anna'],
        family: ['Nowak'],
        identifiers: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: '078-05-1120' }],
      },
    ],
  ])('suspects %s', (_name, before, after) => {
    expect(suspicion(before, after)?.fields.length).toBeGreaterThanOrEqual(2);
  });

  it.each<[string, Partial<Demographics>, Partial<Demographics>]>([
    ['a marriage with a move', {}, { family: ['Lindqvist'], addresses: elsewhere, phones: ['401-555-0110'] }],
    [
      'a marriage with a move, and no number to go by',
      bare,
      { ...bare, family: ['Lindqvist'], addresses: elsewhere, phones: ['401-555-0110'] },
    ],
    [
      'a date of birth put right, and nothing else to go by',
      { ...bare, addresses: [], phones: [] },
      { ...bare, addresses: [], phones: [], birthDate: '1958-12-24' },
    ],
    ['a child that gets its name and its father’s', newborn, { ...newborn, given: ['Sofia'], family: ['Lindqvist'] }],
    ['a corrected date of birth', {}, { birthDate: '1985-05-15' }],
    [
      'a name spelt better and a digit corrected',
      {},
      { given: ['María', 'Elena'], family: ['García'], birthDate: '1985-05-06' },
    ],
    ['a nickname', {}, { given: ['Mary'] }],
    ['a child that gets its name', { given: ['Baby Girl'], identifiers: [] }, { given: ['Sofia'], identifiers: [] }],
    ['a stranger who is identified', { given: ['Jane'], family: ['Doe'], birthDate: undefined, identifiers: [] }, {}],
    ['a sex that was recorded wrongly', {}, { sex: 'male' }],
    ['nothing', {}, {}],
  ])('does not suspect %s', (_name, before, after) => {
    expect(suspicion(before, after)).toBeUndefined();
  });
});

describe(suspectOverlay.name, () => {
  const field = (name: string) => ({ field: name, level: 'other', bits: -4 });
  const alike = { probability: 0.99, explanation: { fields: [] } } as unknown as Parameters<typeof suspectOverlay>[0];
  const unlike = {
    probability: 0.001,
    explanation: { fields: [field('given'), field('birthDate')] },
  } as unknown as Parameters<typeof suspectOverlay>[0];
  const row = (wasStandIn: boolean, isStandIn: boolean, isKnown: boolean): StandIns => ({
    wasStandIn,
    isStandIn,
    isKnown,
  });

  it.each<[string, StandIns, boolean, boolean]>([
    ['another name for a name', row(false, false, true), true, false],
    ['a stand-in in the place of a name, whatever it says', row(false, true, true), true, true],
    ['a name for a stand-in of nobody known', row(true, false, false), false, false],
    ['a name for a stand-in whose person is known', row(true, false, true), true, false],
    ['another stand-in for a stand-in', row(true, true, false), true, false],
  ])('%s', (_name, standIns, ifUnlike, ifAlike) => {
    expect(suspectOverlay(unlike, standIns) !== undefined).toBe(ifUnlike);
    expect(suspectOverlay(alike, standIns) !== undefined).toBe(ifAlike);
  });
});
