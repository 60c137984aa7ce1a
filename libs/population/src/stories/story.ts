import { type Fact } from '../clinical/fact.js';
import { type RecordedDemographics } from '../registration/recorded.js';

/** One thing an answer must, or must not, say about the person of a story. */
export interface Expectation {
  /** FHIR resource type it would be in. */
  readonly resourceType: string;
  /** A code it would carry; absent where any resource of the type counts. */
  readonly code?: { readonly system: string; readonly code: string };
  /** The position of the hospital that holds it. */
  readonly hospital: number;
  /** Why, in a sentence a clinician would agree with. */
  readonly because: string;
}

/** What one hospital has on a person of a story. */
export interface ScriptedRecord {
  /** Position in the population's list of hospitals, 0 to 3. */
  readonly hospital: number;
  /** Day of registration, `YYYY-MM-DD`. */
  readonly on: string;
  /** Where the desk wrote something else than the truth. */
  readonly write?: Partial<RecordedDemographics>;
  readonly facts: readonly Fact[];
}

/** A person of a story, written by hand. */
export interface ScriptedPerson {
  readonly truth: RecordedDemographics;
  readonly records: readonly ScriptedRecord[];
}

/**
 * A clinical story whose parts lie at different hospitals: what lies where, and what an answer must and must not show.
 *
 * Hospitals are positions: the patient always arrives at hospital 0, unless `arrivesAt` says otherwise.
 */
export interface StoryScript {
  /** Stable name for tests. */
  readonly id: string;
  readonly title: string;
  readonly narrative: string;
  /** The people in it; the first is the patient who arrives. */
  readonly people: readonly ScriptedPerson[];
  readonly arrivesAt?: number;
  readonly mustShow: readonly Expectation[];
  readonly mustNotShow: readonly Expectation[];
  /** What has to hold of the exchange for the story to be told: to be set up through the exchange, not in the charts. */
  readonly given?: 'opt-out' | 'withheld-label';
  /** How identification must end when the arriving hospital asks by the demographics it has recorded. */
  readonly identity: 'certain' | 'ambiguous' | 'none';
}
