import { type MatchModel, defaultModel } from '@hie/matching-engine';

import { implausibleMoves } from './implausible-moves.js';

const scaled = (of: 'match' | 'kin' | 'namesake', by: number): MatchModel => ({
  ...defaultModel,
  pairsPerRecord: { ...defaultModel.pairsPerRecord, [of]: defaultModel.pairsPerRecord[of] * by },
});

/** The model with the greatest share of matches of one field changed. */
function withTop(field: string, by: number): MatchModel {
  const fields = defaultModel.fields.map((each) => {
    const most = Math.max(...each.table.match);
    const match = each.table.match.map((share) => (share === most ? share * by : share));
    return each.name === field ? { ...each, table: { ...each.table, match } } : each;
  });
  return { ...defaultModel, fields };
}

describe(implausibleMoves.name, () => {
  it.each<[string, MatchModel, readonly string[]]>([
    ['the same model', defaultModel, []],
    ['a fifth more matches', scaled('match', 1.19), []],
    ['more than that', scaled('match', 1.21), ['match pairs']],
    ['as many fewer', scaled('match', 0.79), ['match pairs']],
    ['twice the kin', scaled('kin', 2), ['kin pairs']],
    ['other namesakes, which are the region’s', scaled('namesake', 3), []],
    ['birth dates that agree a tenth less', withTop('birthDate', 0.9), []],
    ['birth dates that agree half as often', withTop('birthDate', 0.5), ['birthDate']],
  ])('%s', (_name, next, moved) => {
    expect(implausibleMoves(defaultModel, next)).toEqual(moved);
  });
});
