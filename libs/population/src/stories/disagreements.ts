import { type StoryScript } from './story.js';
import { ANAPHYLAXIS, RASH, allergy, has, livesAt, rx, sct, takes, who } from './write.js';

/** One allergy under three codes and three severities. */
export const oneAllergyThreeCodes: StoryScript = {
  id: 'one-allergy-three-codes',
  title: 'The same penicillin, coded three times',
  narrative:
    'Three hospitals recorded one allergy: a rash to amoxicillin, an anaphylaxis to penicillin G, and a class code in capitals.',
  people: [
    {
      truth: who('Darnell', 'Whitaker', '1981-11-02', 'M', {
        ssnLast4: '9034',
        phone: '401-555-0143',
        ...livesAt('77 Grove Avenue', 'Cranston', 'RI', '02910'),
      }),
      records: [
        { hospital: 0, on: '2023-06-01', facts: [] },
        { hospital: 1, on: '2009-04-12', facts: [allergy('penicillin', '2009-04-12', { coding: 3, ...RASH })] },
        { hospital: 2, on: '2018-10-30', facts: [allergy('penicillin', '2018-10-30', { coding: 0, ...ANAPHYLAXIS })] },
        {
          hospital: 3,
          on: '2020-02-19',
          facts: [allergy('penicillin', '2020-02-19', { coding: 2, criticality: 'unable-to-assess' })],
        },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: rx('7980'),
      hospital: 2,
      because: 'The worst that is said of an allergy counts.',
    },
  ],
  mustNotShow: [],
  identity: 'certain',
};

/** Allergies that were taken back. */
export const allergyTakenBack: StoryScript = {
  id: 'allergy-taken-back',
  title: 'Tested, and not allergic after all',
  narrative:
    'A childhood label was refuted by testing; a latex allergy was entered in the wrong chart and marked as an error. Neither may alarm, neither may vanish.',
  people: [
    {
      truth: who('Hannah', 'Lindgren', '1993-07-21', 'F', {
        middle: 'Ruth',
        ssnLast4: '2250',
        ...livesAt('9 Orchard Lane', 'Concord', 'NH', '03301'),
      }),
      records: [
        { hospital: 0, on: '2025-01-15', facts: [] },
        {
          hospital: 1,
          on: '2021-03-03',
          facts: [
            allergy('penicillin', '2021-03-03', {
              clinical: 'inactive',
              verification: 'refuted',
              note: 'Penicillin skin test and oral challenge negative on 2021-03-03.',
            }),
          ],
        },
        {
          hospital: 2,
          on: '2020-12-01',
          facts: [
            allergy('latex', '2020-12-01', { verification: 'entered-in-error' }),
            allergy('peanut', '2020-12-01', RASH),
          ],
        },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: rx('7980'),
      hospital: 1,
      because: 'A refuted allergy is shown as refuted: it answers the question that would be asked.',
    },
    { resourceType: 'AllergyIntolerance', code: sct('91935009'), hospital: 2, because: 'The peanut allergy stands.' },
  ],
  mustNotShow: [],
  identity: 'certain',
};

/** Two strengths of one drug. */
export const doseDisagreement: StoryScript = {
  id: 'dose-disagreement',
  title: 'Apixaban: five milligrams, or two and a half?',
  narrative: 'The cardiologist reduced the dose; the family clinic did not hear of it. Both lists are active.',
  people: [
    {
      truth: who('Walter', 'Kowalczyk', '1944-12-05', 'M', {
        ssnLast4: '6618',
        phone: '860-555-0177',
        ...livesAt('301 Maple Street', 'New Britain', 'CT', '06051'),
      }),
      records: [
        { hospital: 0, on: '2022-09-09', facts: [] },
        {
          hospital: 1,
          on: '2020-01-20',
          facts: [has('atrial fibrillation', '2020-01-20'), takes('apixaban', '2026-04-02', { strength: 1 })],
        },
        {
          hospital: 2,
          on: '2016-06-14',
          facts: [takes('apixaban', '2020-02-11', { strength: 0 }), takes('metformin', '2018-03-03', { strength: 1 })],
        },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'MedicationRequest',
      code: rx('1364435'),
      hospital: 1,
      because: 'Both doses are shown side by side, with who says which and when.',
    },
    {
      resourceType: 'MedicationRequest',
      code: rx('1364445'),
      hospital: 2,
      because: 'Both doses are shown side by side, with who says which and when.',
    },
  ],
  mustNotShow: [],
  identity: 'certain',
};

/** An anticoagulant that was stopped, on a list that nobody has told. */
export const stoppedAnticoagulant: StoryScript = {
  id: 'stopped-anticoagulant',
  title: 'The warfarin that was stopped after a bleed',
  narrative:
    'Saint Brigid stopped warfarin after a gastrointestinal bleed in May; Lakeside’s list from January still says it is taken.',
  people: [
    {
      truth: who('Beatriz', 'Monteiro', '1950-02-28', 'F', {
        ssnLast4: '7312',
        phone: '508-555-0162',
        ...livesAt('52 River Road', 'Fall River', 'MA', '02720', 'Fl 2'),
      }),
      records: [
        { hospital: 0, on: '2021-07-07', facts: [] },
        {
          hospital: 2,
          on: '2017-02-02',
          facts: [
            takes('warfarin', '2017-02-10', {
              status: 'stopped',
              stoppedBecause: 'Gastrointestinal bleed on 2026-05-11',
            }),
            takes('omeprazole', '2026-05-12'),
          ],
        },
        { hospital: 3, on: '2019-10-10', facts: [takes('warfarin', '2026-01-15', { as: 'reported' })] },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'MedicationRequest',
      code: rx('855332'),
      hospital: 3,
      because: 'An active entry is shown until somebody looks.',
    },
    {
      resourceType: 'MedicationRequest',
      code: rx('855332'),
      hospital: 2,
      because: 'That it was stopped, when and why, stands beside it.',
    },
  ],
  mustNotShow: [],
  identity: 'certain',
};
