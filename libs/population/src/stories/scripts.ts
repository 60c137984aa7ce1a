import { allergyTakenBack, doseDisagreement, oneAllergyThreeCodes, stoppedAnticoagulant } from './disagreements.js';
import { fatherAndSon, nothingKnown, tooAlike, twins, unidentified } from './mistaken-identity.js';
import { labelledResources, optedOut, substanceUse } from './protected.js';
import { type StoryScript } from './story.js';
import { unconsciousArrival } from './unconscious-arrival.js';
import { advanceDirective, implants, lateAllergy, maidenName } from './whole-person.js';

/** The stories, the lead story first. The people of a new one are added at the end: indexes of the others must not move. */
export const STORY_SCRIPTS: readonly StoryScript[] = [
  unconsciousArrival,
  oneAllergyThreeCodes,
  allergyTakenBack,
  doseDisagreement,
  stoppedAnticoagulant,
  implants,
  advanceDirective,
  maidenName,
  lateAllergy,
  substanceUse,
  labelledResources,
  optedOut,
  tooAlike,
  fatherAndSon,
  twins,
  nothingKnown,
  unidentified,
];

/** Hospitals that the stories need. */
export const STORY_HOSPITALS = 4;
