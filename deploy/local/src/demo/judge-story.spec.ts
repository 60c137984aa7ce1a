import type { ShownCard, ShownCoverage } from './ask-on-arrival.js';
import { type StoryPart, untold } from './judge-story.js';

const mercy = { id: 'mercy-general', name: 'Mercy General Hospital' };
const brigid = { id: 'saint-brigid', name: 'Saint Brigid Heart Institute' };
const harborview = { id: 'harborview', name: 'Harborview Medical Center' };

const allergy: StoryPart = { what: 'the severe allergy', topics: ['severe-allergy'], holder: brigid };
const warfarin: StoryPart = { what: 'the heart medications', topics: ['anticoagulants'], holder: harborview };

const card = (code: string, detail: string): ShownCard => ({
  ...{ summary: '', indicator: 'warning', detail },
  source: { label: 'Example HIE', topic: { code } },
});
const row = (memberId: string, status = 'answered'): ShownCoverage => ({
  ...{ memberId, name: memberId, status, reason: '', counts: {} },
});
const answer = {
  cards: [
    card('severe-allergy', `- ${brigid.name}: Penicillin`),
    card('anticoagulants', `- ${harborview.name}: warfarin`),
  ],
  coverage: [row(brigid.id), row(harborview.id)],
};
const verified = { verified: true, steps: [{ step: 'the checkpoint bears a signature', ok: true }] };

describe(untold.name, () => {
  it('finds nothing missing where each part came from its holder, on a card that names it', () => {
    expect(untold(mercy, [allergy, warfarin], answer, verified)).toEqual([]);
  });

  it.each<[string, Partial<typeof answer>, string]>([
    [
      'a holder is silent',
      { coverage: [row(brigid.id, 'timed-out'), row(harborview.id)] },
      'the severe allergy of Saint Brigid Heart Institute, which was timed-out',
    ],
    [
      'a holder is not in the answer',
      { coverage: [row(harborview.id)] },
      'the severe allergy of Saint Brigid Heart Institute, which was not asked',
    ],
    [
      'a card of the topic is not there',
      { cards: answer.cards.slice(1) },
      'a card with the severe allergy of Saint Brigid Heart Institute',
    ],
    [
      'the card of the topic is another hospital’s',
      { cards: [card('severe-allergy', `- ${harborview.name}: Penicillin`), ...answer.cards.slice(1)] },
      'a card with the severe allergy of Saint Brigid Heart Institute',
    ],
  ])('says so when %s', (_what, over, missing) => {
    expect(untold(mercy, [allergy, warfarin], { ...answer, ...over }, verified)).toEqual([missing]);
  });

  it.each<[string, readonly StoryPart[]]>([
    ['one hospital holds both parts', [allergy, { ...warfarin, topics: ['severe-allergy'], holder: brigid }]],
    ['the arriving hospital holds one', [warfarin, { ...allergy, holder: mercy }]],
  ])('takes it for no story when %s', (_what, parts) => {
    expect(untold(mercy, parts, answer, verified)).toContain('hospitals of its own for each part');
  });

  it('names each step of the receipt’s verification that failed', () => {
    const steps = [...verified.steps, { step: 'the audit path leads to the root', ok: false }];
    expect(untold(mercy, [allergy, warfarin], answer, { verified: false, steps })).toEqual([
      'that the audit path leads to the root',
    ]);
  });
});
