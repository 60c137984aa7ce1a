import { type Code, type Concept } from './concept.js';
import { type DOCUMENT_TYPES, type ENCOUNTERS, type Measurement } from './care.js';

/**
 * Categories of information that law or policy protects beyond the rest (HL7 ActCode; DS4P): treatment of substance use under 42 CFR
 * Part 2, HIV, and mental health.
 */
export type Sensitivity = 'substance-use' | 'hiv' | 'mental-health';

interface Recorded {
  /** The day it was recorded here, `YYYY-MM-DD`. */
  readonly on: string;
  readonly sensitivity?: Sensitivity;
}

/** An allergy, or the statement that there is none (then without category and reaction). */
export interface AllergyFact extends Recorded {
  readonly kind: 'allergy';
  readonly substance: Concept;
  readonly category?: 'medication' | 'food' | 'environment';
  readonly clinical?: 'active' | 'inactive' | 'resolved';
  readonly verification: 'confirmed' | 'unconfirmed' | 'refuted' | 'entered-in-error';
  readonly criticality?: 'low' | 'high' | 'unable-to-assess';
  readonly reaction?: {
    readonly manifestations: readonly Code[];
    readonly severity?: 'mild' | 'moderate' | 'severe';
    readonly text?: string;
  };
  readonly note?: string;
}

/** A medication ordered here, or one that somebody said is taken. */
export interface MedicationFact extends Recorded {
  readonly kind: 'medication';
  readonly as: 'order' | 'reported' | 'statement';
  readonly drug: Concept;
  readonly sig: string;
  readonly status: 'active' | 'on-hold' | 'completed' | 'stopped' | 'entered-in-error';
  readonly reason?: Concept;
  readonly stoppedBecause?: string;
}

/** A problem of the problem list, or what an encounter was about. */
export interface ConditionFact extends Recorded {
  readonly kind: 'condition';
  readonly concept: Concept;
  readonly category: 'problem-list-item' | 'encounter-diagnosis';
  readonly clinical: 'active' | 'resolved' | 'inactive';
  readonly verification: 'confirmed' | 'refuted' | 'provisional';
  readonly onset: string;
}

/** Something implanted in the body. */
export interface ImplantFact extends Recorded {
  readonly kind: 'implant';
  readonly concept: Concept;
  readonly status: 'active' | 'inactive' | 'entered-in-error';
  readonly name: string;
  readonly serial: string;
}

/** What the patient has decided about care: a scanned document, or a Consent of scope `adr`. */
export interface DirectiveFact extends Recorded {
  readonly kind: 'directive';
  readonly form: 'document' | 'consent';
  readonly decision: string;
}

/** A visit, an emergency or an admission. */
export interface EncounterFact extends Recorded {
  readonly kind: 'encounter';
  readonly type: keyof typeof ENCOUNTERS;
  readonly days: number;
  readonly reason?: Concept;
}

/** One measured value; blood pressure carries two. */
export interface MeasurementFact extends Recorded {
  readonly kind: 'measurement';
  readonly category: 'laboratory' | 'vital-signs';
  readonly measurement: Measurement;
  readonly value: number;
  /** Diastolic pressure beside a systolic one. */
  readonly second?: { readonly measurement: Measurement; readonly value: number };
}

/** A laboratory report over the measurements of the same day. */
export interface ReportFact extends Recorded {
  readonly kind: 'report';
  readonly concept: Concept;
  readonly results: readonly MeasurementFact[];
}

export interface ImmunizationFact extends Recorded {
  readonly kind: 'immunization';
  readonly vaccine: Concept;
}

export interface ProcedureFact extends Recorded {
  readonly kind: 'procedure';
  readonly concept: Concept;
}

/** A note in plain text. */
export interface DocumentFact extends Recorded {
  readonly kind: 'document';
  readonly type: keyof typeof DOCUMENT_TYPES;
  readonly text: string;
}

/** One thing that one hospital has recorded about one patient, before it takes the shape of FHIR. */
export type Fact =
  | AllergyFact
  | MedicationFact
  | ConditionFact
  | ImplantFact
  | DirectiveFact
  | EncounterFact
  | MeasurementFact
  | ReportFact
  | ImmunizationFact
  | ProcedureFact
  | DocumentFact;
