import { type StoryScript } from './story.js';
import { ANAPHYLAXIS, allergy, livesAt, rx, sct, takes, who } from './write.js';

const NAME_AND_BIRTHDAY_ONLY = { middle: '', ssnLast4: '', phone: '', ...livesAt('', '', '', '') };

/** Two people nobody could tell apart by what the desk was told. */
export const tooAlike: StoryScript = {
  id: 'too-alike',
  title: 'Two women named Maria Garcia, born on one day',
  narrative:
    'The arriving desk has a name, a birth date and a sex. Two people fit equally well: the exchange must say nothing of either.',
  people: [
    {
      truth: who('Maria', 'Garcia', '1985-05-05', 'F', {
        middle: 'Elena',
        ssnLast4: '3141',
        phone: '978-555-0113',
        ...livesAt('64 Pleasant Street', 'Lowell', 'MA', '01852'),
      }),
      records: [
        { hospital: 0, on: '2026-06-29', write: NAME_AND_BIRTHDAY_ONLY, facts: [] },
        { hospital: 1, on: '2017-07-17', facts: [allergy('penicillin', '2017-07-17', ANAPHYLAXIS)] },
      ],
    },
    {
      truth: who('Maria', 'Garcia', '1985-05-05', 'F', {
        middle: 'Teresa',
        ssnLast4: '9265',
        phone: '401-555-0171',
        ...livesAt('1109 Union Avenue', 'Providence', 'RI', '02909'),
      }),
      records: [{ hospital: 2, on: '2019-01-23', facts: [takes('warfarin', '2019-01-23')] }],
    },
  ],
  mustShow: [],
  mustNotShow: [
    { resourceType: 'AllergyIntolerance', code: rx('7980'), hospital: 1, because: 'Never disclose on a tie.' },
    { resourceType: 'MedicationRequest', code: rx('855332'), hospital: 2, because: 'Never disclose on a tie.' },
  ],
  identity: 'ambiguous',
};

/** Father and son, one name, one address. */
export const fatherAndSon: StoryScript = {
  id: 'father-and-son',
  title: 'The son arrives; the allergy is the father’s',
  narrative:
    'Joseph Marino and his son Joseph live in one house and share a phone. The father is allergic, the son takes warfarin.',
  people: [
    {
      truth: who('Joseph', 'Marino', '1991-03-30', 'M', {
        middle: 'Anthony',
        suffix: 'Jr',
        ssnLast4: '7745',
        phone: '203-555-0166',
        ...livesAt('41 Garden Street', 'Stamford', 'CT', '06902'),
      }),
      records: [
        { hospital: 0, on: '2025-05-15', write: { suffix: '' }, facts: [] },
        { hospital: 1, on: '2020-11-11', facts: [takes('warfarin', '2020-11-11')] },
      ],
    },
    {
      truth: who('Joseph', 'Marino', '1962-09-12', 'M', {
        middle: 'Anthony',
        suffix: 'Sr',
        ssnLast4: '1029',
        phone: '203-555-0166',
        ...livesAt('41 Garden Street', 'Stamford', 'CT', '06902'),
      }),
      records: [
        {
          hospital: 2,
          on: '2008-04-04',
          write: { suffix: '' },
          facts: [allergy('penicillin', '2008-04-04', ANAPHYLAXIS)],
        },
        { hospital: 3, on: '2016-02-29', facts: [] },
      ],
    },
  ],
  mustShow: [
    { resourceType: 'MedicationRequest', code: rx('855332'), hospital: 1, because: 'It is the son who arrives.' },
  ],
  mustNotShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: rx('7980'),
      hospital: 2,
      because: 'The father’s allergy is not the son’s.',
    },
  ],
  identity: 'certain',
};

/** Twins whose names sound alike. */
export const twins: StoryScript = {
  id: 'twins',
  title: 'Aaliyah and Aliyana',
  narrative:
    'Twin sisters, one birthday, one address, names that sound alike. Only one of them is allergic to peanuts.',
  people: [
    {
      truth: who('Aaliyah', 'Brooks', '2011-12-24', 'F', {
        middle: 'Renee',
        phone: '860-555-0124',
        ...livesAt('17 Spring Street', 'Hartford', 'CT', '06105'),
      }),
      records: [
        { hospital: 0, on: '2024-09-19', facts: [] },
        { hospital: 1, on: '2012-01-30', facts: [{ kind: 'encounter', type: 'visit', days: 0, on: '2025-01-10' }] },
      ],
    },
    {
      truth: who('Aliyana', 'Brooks', '2011-12-24', 'F', {
        middle: 'Simone',
        phone: '860-555-0124',
        ...livesAt('17 Spring Street', 'Hartford', 'CT', '06105'),
      }),
      records: [
        { hospital: 1, on: '2012-01-30', facts: [] },
        { hospital: 2, on: '2019-06-06', facts: [allergy('peanut', '2019-06-06', ANAPHYLAXIS)] },
      ],
    },
  ],
  mustShow: [],
  mustNotShow: [
    { resourceType: 'AllergyIntolerance', code: sct('91935009'), hospital: 2, because: 'It is the sister’s.' },
  ],
  identity: 'certain',
};

/** Somebody nobody else has ever seen. */
export const nothingKnown: StoryScript = {
  id: 'nothing-known',
  title: 'New in the region',
  narrative:
    'Only the arriving hospital knows him. The answer must say that nobody else holds a record, not that he has no allergies.',
  people: [
    {
      truth: who('Absalom', 'Quenneville', '1999-10-31', 'M', {
        ssnLast4: '0457',
        phone: '603-555-0145',
        ...livesAt('5 Meadow Lane', 'Keene', 'NH', '03431'),
      }),
      records: [{ hospital: 0, on: '2026-06-30', facts: [] }],
    },
  ],
  mustShow: [],
  mustNotShow: [],
  identity: 'certain',
};

/** A patient without a name. */
export const unidentified: StoryScript = {
  id: 'unidentified',
  title: 'John Doe',
  narrative: 'An unidentified man. The placeholder name and birth date fit many records and are evidence of nothing.',
  people: [
    { truth: who('John', 'Doe', '1900-01-01', 'M'), records: [{ hospital: 0, on: '2026-06-30', facts: [] }] },
    {
      truth: who('John', 'Doe', '1900-01-01', 'M'),
      records: [{ hospital: 1, on: '2025-12-24', facts: [allergy('penicillin', '2025-12-24', ANAPHYLAXIS)] }],
    },
  ],
  mustShow: [],
  mustNotShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: rx('7980'),
      hospital: 1,
      because: 'A placeholder never links two people.',
    },
  ],
  identity: 'none',
};
