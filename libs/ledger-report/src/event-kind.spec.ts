import { actionsOfKind, auditActions, entryOutcomes, eventKindOf } from './index.js';

const ofType = (code: string) => actionsOfKind(({ type }) => type.code === code);

describe('actionsOfKind', () => {
  it('finds exactly what eventKindOf says of each action and outcome', () => {
    for (const code of ['rest', '110106', '110113', '110114', '110112', '110101']) {
      const found = ofType(code).map(({ action, outcome }) => `${action} ${outcome}`);
      const expected = Object.keys(auditActions).flatMap((action) =>
        entryOutcomes
          .filter((outcome) => eventKindOf({ action, outcome, details: {} }).type.code === code)
          .map((outcome) => `${action} ${outcome}`),
      );
      expect(found).toEqual(expected);
      expect(found).not.toEqual([]);
    }
  });

  it('finds disclosures as exports only where something was disclosed', () => {
    const disclosing = ['answer.assembled', 'answer.read'];
    expect(ofType('110106')).toEqual(disclosing.map((action) => ({ action, outcome: 'success' })));
    expect(ofType('rest')).toEqual(expect.arrayContaining(disclosing.map((action) => ({ action, outcome: 'empty' }))));
  });

  it('finds decisions by either of their subtypes', () => {
    for (const code of ['AuthZ-Consent', 'AuthZ-Role']) {
      const found = actionsOfKind(({ subtypes }) => subtypes.some((subtype) => subtype.code === code));
      expect(new Set(found.map(({ action }) => action))).toEqual(new Set(['disclosure.decided']));
    }
  });
});
