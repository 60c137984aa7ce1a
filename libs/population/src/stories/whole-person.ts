import { IMPLANTS } from '../clinical/care.js';
import { type StoryScript } from './story.js';
import { ANAPHYLAXIS, allergy, has, livesAt, rx, sct, takes, who } from './write.js';

/** What is in the body, and where it is known. */
export const implants: StoryScript = {
  id: 'implants',
  title: 'Before the MRI: a pacemaker',
  narrative: 'Harborview implanted a pacemaker, Lakeside a hip. The radiology desk asks at a third hospital.',
  people: [
    {
      truth: who('Robert', 'Delaney', '1948-09-17', 'M', {
        suffix: 'Jr',
        middle: 'Emmett',
        ssnLast4: '1185',
        ...livesAt('14 Prospect Terrace', 'Waltham', 'MA', '02453'),
      }),
      records: [
        { hospital: 0, on: '2025-11-30', write: { suffix: '' }, facts: [] },
        {
          hospital: 1,
          on: '2018-04-04',
          facts: [
            {
              kind: 'implant',
              concept: IMPLANTS.pacemaker.concept,
              status: 'active',
              name: 'Dual chamber pacemaker',
              serial: 'PM8841207',
              on: '2018-04-05',
            },
          ],
        },
        {
          hospital: 3,
          on: '2020-08-21',
          facts: [
            {
              kind: 'implant',
              concept: IMPLANTS['hip prosthesis'].concept,
              status: 'active',
              name: 'Left hip prosthesis',
              serial: 'HP2201934',
              on: '2020-08-22',
            },
          ],
        },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'Device',
      code: sct('14106009'),
      hospital: 1,
      because: 'A pacemaker decides about the MRI and the shock.',
    },
    { resourceType: 'Device', code: sct('304120007'), hospital: 3, because: 'The hip is metal too.' },
  ],
  mustNotShow: [],
  identity: 'certain',
};

/** What she has decided. */
export const advanceDirective: StoryScript = {
  id: 'advance-directive',
  title: 'She has said what she wants',
  narrative:
    'A do-not-resuscitate decision stands as a Consent at Saint Brigid; a health care proxy as a scanned document at Lakeside.',
  people: [
    {
      truth: who('Eleanor', 'Vance', '1938-05-29', 'F', {
        ssnLast4: '3907',
        phone: '203-555-0119',
        ...livesAt('6 Church Street', 'Milford', 'CT', '06460'),
      }),
      records: [
        { hospital: 0, on: '2023-03-13', facts: [] },
        {
          hospital: 2,
          on: '2024-06-18',
          facts: [{ kind: 'directive', form: 'consent', decision: 'Do not attempt resuscitation', on: '2024-06-18' }],
        },
        {
          hospital: 3,
          on: '2022-02-02',
          facts: [
            {
              kind: 'directive',
              form: 'document',
              decision: 'Health care proxy: daughter, Susan Vance',
              on: '2022-02-02',
            },
          ],
        },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'Consent',
      hospital: 2,
      because: 'A patient’s decision about resuscitation is asked before the first compression.',
    },
    { resourceType: 'DocumentReference', hospital: 3, because: 'The proxy can be called.' },
  ],
  mustNotShow: [],
  identity: 'certain',
};

/** A married name, and everything that matters under the old one. */
export const maidenName: StoryScript = {
  id: 'maiden-name',
  title: 'Her allergy is filed under her maiden name',
  narrative:
    'Priya Holloway married; Saint Brigid has known her since school as Priya Subramanian, at her parents’ address.',
  people: [
    {
      truth: who('Priya', 'Holloway', '1990-10-08', 'F', {
        middle: 'Lakshmi',
        ssnLast4: '5526',
        phone: '781-555-0131',
        email: 'priya90@post.example',
        ...livesAt('230 Essex Street', 'Salem', 'MA', '01970'),
      }),
      records: [
        { hospital: 0, on: '2024-12-12', facts: [] },
        {
          hospital: 2,
          on: '2012-05-05',
          write: { family: 'Subramanian', ...livesAt('18 Cedar Road', 'Lexington', 'MA', '02421') },
          facts: [allergy('shellfish', '2012-05-05', ANAPHYLAXIS), has('asthma', '2001-02-02')],
        },
        { hospital: 3, on: '2021-09-01', facts: [takes('albuterol', '2021-09-01')] },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: sct('300913006'),
      hospital: 2,
      because: 'A changed name does not change the person.',
    },
  ],
  mustNotShow: [],
  identity: 'certain',
};

/** An allergy at the hospital that tests make slow. */
export const lateAllergy: StoryScript = {
  id: 'late-allergy',
  title: 'The slow hospital is the one that knows',
  narrative:
    'Only Lakeside holds the severe allergy. When it answers after the deadline, what it says must still reach the same encounter.',
  people: [
    {
      truth: who('Thomas', 'Nakagawa', '1972-01-19', 'M', {
        ssnLast4: '8090',
        phone: '603-555-0188',
        ...livesAt('88 Pond Circle', 'Nashua', 'NH', '03060'),
      }),
      records: [
        { hospital: 0, on: '2023-05-05', facts: [] },
        {
          hospital: 1,
          on: '2022-03-03',
          facts: [takes('lisinopril', '2022-03-03'), has('hypertension', '2022-03-03')],
        },
        {
          hospital: 3,
          on: '2018-08-08',
          facts: [allergy('bee venom', '2018-08-08', ANAPHYLAXIS), allergy('sulfonamide', '2018-08-08', ANAPHYLAXIS)],
        },
      ],
    },
  ],
  mustShow: [
    {
      resourceType: 'AllergyIntolerance',
      code: rx('10180'),
      hospital: 3,
      because: 'A newly learned severe allergy alerts the encounter, however late.',
    },
    {
      resourceType: 'MedicationRequest',
      code: rx('314076'),
      hospital: 1,
      because: 'What came in time is shown in time.',
    },
  ],
  mustNotShow: [],
  identity: 'certain',
};
