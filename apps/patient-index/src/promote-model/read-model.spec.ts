import { defaultLinkRule, defaultModel } from '@hie/matching-engine';

import { readModel } from './read-model.js';

const plain = structuredClone(defaultModel);

describe(readModel.name, () => {
  it('reads what the engine’s training writes, and keeps to the thresholds in force where none are given', () => {
    expect(readModel({ model: plain })).toEqual({ model: plain, thresholds: defaultLinkRule });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['another format', { model: { ...plain, format: 'hie-match-model/2' } }],
    ['a field too few', { model: { ...plain, fields: plain.fields.slice(1) } }],
    ['fields in another order', { model: { ...plain, fields: plain.fields.toReversed() } }],
    ['a version that is no name', { model: { ...plain, version: '../x' } }],
    ['no matches at all', { model: { ...plain, pairsPerRecord: { ...plain.pairsPerRecord, match: 0 } } }],
    ['a veto that is no probability', { model: plain, thresholds: { ...defaultLinkRule, vetoBelow: 2 } }],
    ['what nobody asked for', { model: plain, promoted: true }],
  ])('refuses %s', (_name, body) => {
    expect(readModel(body)).toBeUndefined();
  });
});
