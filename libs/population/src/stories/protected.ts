import { HIV_LOAD } from '../clinical/care.js';
import { type StoryScript } from './story.js';
import { RASH, allergy, has, livesAt, rx, sct, takes, who } from './write.js';

/** Treatment of substance use, under 42 CFR Part 2. */
export const substanceUse: StoryScript = {
  id: 'substance-use',
  title: 'What the recovery program knows',
  narrative:
    'Lakeside’s program treats opioid dependence with buprenorphine (42 CFR Part 2). Harborview holds an ordinary allergy.',
  people: [
    {
      truth: who('Kyle', 'Brandt', '1988-04-25', 'M', {
        ssnLast4: '6140',
        phone: '413-555-0107',
        ...livesAt('470 Mill Street', 'Springfield', 'MA', '01108', 'Apt 5'),
      }),
      records: [
        { hospital: 0, on: '2025-02-20', facts: [] },
        { hospital: 1, on: '2016-01-01', facts: [allergy('codeine', '2016-01-01', RASH)] },
        {
          hospital: 3,
          on: '2023-10-10',
          facts: [
            has('opioid dependence', '2023-10-10'),
            takes('buprenorphine and naloxone', '2023-10-12', { sensitivity: 'substance-use' }),
          ],
        },
      ],
    },
  ],
  given: 'withheld-label',
  mustShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: rx('2670'),
      hospital: 1,
      because: 'Withholding one category must still release the rest.',
    },
  ],
  mustNotShow: [
    {
      resourceType: 'Condition',
      code: sct('75544000'),
      hospital: 3,
      because: 'Labelled 42CFRPart2: withheld without the patient’s consent to it.',
    },
    { resourceType: 'MedicationRequest', code: rx('351267'), hospital: 3, because: 'The drug tells the diagnosis.' },
  ],
  identity: 'certain',
};

/** HIV and psychiatry labels on single resources of otherwise open charts. */
export const labelledResources: StoryScript = {
  id: 'labelled-resources',
  title: 'Two lines of the chart are not for everybody',
  narrative: 'One chart with an open diabetes, an HIV infection labelled HIV, and a bipolar disorder labelled PSY.',
  people: [
    {
      truth: who('Simone', 'Baptiste', '1979-08-13', 'F', {
        ssnLast4: '2718',
        phone: '617-555-0155',
        ...livesAt('35 Harvard Avenue', 'Boston', 'MA', '02134'),
      }),
      records: [
        { hospital: 0, on: '2024-04-24', facts: [] },
        {
          hospital: 2,
          on: '2014-11-11',
          facts: [
            has('type 2 diabetes', '2014-11-11'),
            takes('metformin', '2014-11-20'),
            has('HIV infection', '2016-05-05'),
            takes('dolutegravir', '2016-05-12', { sensitivity: 'hiv' }),
            {
              kind: 'measurement',
              category: 'laboratory',
              measurement: HIV_LOAD,
              value: 20,
              sensitivity: 'hiv',
              on: '2026-02-02',
            },
            has('bipolar disorder', '2019-09-09'),
            takes('lithium', '2019-09-15', { sensitivity: 'mental-health' }),
          ],
        },
      ],
    },
  ],
  given: 'withheld-label',
  mustShow: [
    { resourceType: 'Condition', code: sct('44054006'), hospital: 2, because: 'The rest of the chart is open.' },
  ],
  mustNotShow: [
    { resourceType: 'Condition', code: sct('86406008'), hospital: 2, because: 'Labelled HIV.' },
    { resourceType: 'Observation', hospital: 2, because: 'The viral load tells the diagnosis.' },
    { resourceType: 'MedicationRequest', code: rx('42351'), hospital: 2, because: 'Labelled PSY.' },
  ],
  identity: 'certain',
};

/** Somebody who does not want to be shared at all. */
export const optedOut: StoryScript = {
  id: 'opted-out',
  title: 'He has said no',
  narrative:
    'Two hospitals hold records; the patient has opted out of the exchange. The answer to an ordinary treatment query is nothing.',
  people: [
    {
      truth: who('Leonard', 'Ashby', '1966-06-06', 'M', {
        ssnLast4: '4004',
        phone: '401-555-0190',
        ...livesAt('12 Water Street', 'Newport', 'RI', '02840'),
      }),
      records: [
        { hospital: 0, on: '2025-08-08', facts: [] },
        {
          hospital: 1,
          on: '2015-03-03',
          facts: [has('hyperlipidemia', '2015-03-03'), takes('atorvastatin', '2015-03-10')],
        },
        { hospital: 2, on: '2020-10-20', facts: [allergy('aspirin', '2020-10-20', RASH)] },
      ],
    },
  ],
  given: 'opt-out',
  mustShow: [],
  mustNotShow: [
    { resourceType: 'MedicationRequest', code: rx('617311'), hospital: 1, because: 'Opted out, both directions.' },
    { resourceType: 'AllergyIntolerance', code: rx('1191'), hospital: 2, because: 'Opted out, both directions.' },
  ],
  identity: 'certain',
};
