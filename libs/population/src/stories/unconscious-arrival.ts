import { INR } from '../clinical/care.js';
import { type StoryScript } from './story.js';
import { ANAPHYLAXIS, allergy, has, livesAt, noKnownAllergies, rx, sct, takes, who } from './write.js';

/** The lead story: everything that an emergency needs is known, and each part of it only somewhere else. */
export const unconsciousArrival: StoryScript = {
  id: 'unconscious-arrival',
  title: 'She cannot say that penicillin nearly killed her',
  narrative:
    'Margaret Callahan, 69, is brought in unconscious to a hospital that knows her only by demographics. Saint Brigid holds a penicillin ' +
    'anaphylaxis, Harborview her warfarin, metoprolol and atrial fibrillation; Lakeside once wrote "no known drug allergies".',
  people: [
    {
      truth: who('Margaret', 'Callahan', '1957-03-14', 'F', {
        middle: 'Anne',
        ssnLast4: '4471',
        phone: '617-940-2286',
        email: 'margaret.callahan@inbox.example',
        ...livesAt('118 Winthrop Street', 'Quincy', 'MA', '02169', 'Apt 2B'),
      }),
      records: [
        { hospital: 0, on: '2024-02-11', write: { middle: 'A', email: '' }, facts: [] },
        {
          hospital: 1,
          on: '2019-05-02',
          write: { ...livesAt('40 Beacon St', 'Milton', 'MA', '02186'), middle: 'Anne', email: '' },
          facts: [
            { kind: 'encounter', type: 'visit', days: 0, on: '2026-05-20' },
            has('atrial fibrillation', '2019-05-02'),
            has('hypertension', '2012-09-30'),
            takes('warfarin', '2019-05-09', { reason: has('atrial fibrillation', '2019-05-02').concept }),
            takes('metoprolol', '2019-05-09'),
            takes('digoxin', '2021-11-17'),
            { kind: 'measurement', category: 'laboratory', measurement: INR, value: 2.6, on: '2026-05-20' },
          ],
        },
        {
          hospital: 2,
          on: '2015-08-23',
          write: { given: 'Peggy', middle: '', unit: '2B' },
          facts: [
            { kind: 'encounter', type: 'admission', days: 4, on: '2015-08-23' },
            allergy('penicillin', '2015-08-23', {
              ...ANAPHYLAXIS,
              note: 'Do not give any beta-lactam without allergy consult.',
            }),
            {
              kind: 'document',
              type: 'discharge summary',
              text: 'Anaphylaxis after intravenous penicillin. Intubated, recovered.',
              on: '2015-08-27',
            },
          ],
        },
        {
          hospital: 3,
          on: '2022-01-08',
          write: { phone: '(617) 940-2286', ssnLast4: '' },
          facts: [{ kind: 'encounter', type: 'visit', days: 0, on: '2022-01-08' }, noKnownAllergies('2022-01-08')],
        },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: rx('7980'),
      hospital: 2,
      because: 'A severe allergy is never outvoted by "no known allergies".',
    },
    {
      resourceType: 'AllergyIntolerance',
      code: sct('409137002'),
      hospital: 3,
      because: 'The contradiction is shown, not hidden.',
    },
    {
      resourceType: 'MedicationRequest',
      code: rx('855332'),
      hospital: 1,
      because: 'She bleeds: warfarin must be known before a line is placed.',
    },
    {
      resourceType: 'MedicationRequest',
      code: rx('866436'),
      hospital: 1,
      because: 'A beta blocker hides the pulse of shock.',
    },
    {
      resourceType: 'Condition',
      code: sct('49436004'),
      hospital: 1,
      because: 'Atrial fibrillation explains the anticoagulant.',
    },
  ],
  mustNotShow: [],
  identity: 'certain',
};
