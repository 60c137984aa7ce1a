import type {
  AllergyIntolerance,
  Condition,
  Consent,
  Device,
  DiagnosticReport,
  DocumentReference,
  Encounter,
  Immunization,
  MedicationRequest,
  MedicationStatement,
  Observation,
  Patient,
  Procedure,
} from '@medplum/fhirtypes';

import type { AllergyGrade } from '../terminology/allergy-severity.js';
import type { AbsenceStatement } from '../terminology/absence-statement.js';
import type { DrugAlert } from '../terminology/drug-classes.js';

/** Version of the merge rules, kept with each entry: what a reader sees is the source's record as seen through these rules. */
export const MERGE_RULES = 'hie-merge/1';

/** Where one entry comes from. Plain data, so that it travels in messages; `ips/provenance.ts` makes a FHIR Provenance of it. */
export interface Provenance {
  readonly memberId: string;
  readonly memberName: string;
  /** `AllergyIntolerance/123` at the member. Absent where the member may not be named. */
  readonly resource?: string;
  /** The same content under further ids at the same member. */
  readonly alsoAs?: readonly string[];
  /** When the exchange fetched it, ISO 8601. */
  readonly retrievedAt: string;
  /** When the member says it was recorded. */
  readonly recordedAt?: string;
  /** `MERGE_RULES` that read it. */
  readonly transform: string;
}

/** Something a reader should know about how an entry could be read. Closed. */
export type Caution =
  /** It carries a modifierExtension or implicitRules, which may change its meaning in a way this exchange does not know. */
  | 'modifier-not-understood'
  /** Its code and its name stand for different substances. */
  | 'code-and-name-disagree'
  /** An element beside the essential ones was malformed and left aside. */
  | 'partly-unreadable'
  /** The medication it refers to was not sent along. */
  | 'medication-not-resolved'
  /** It named or contained another patient, who was left out. */
  | 'stranger-left-out';

/** One source's resource, as it was sent but for what `cautions` tell, with where it comes from. */
export interface Sourced<R> {
  readonly provenance: Provenance;
  readonly resource: R;
  readonly cautions: readonly Caution[];
}

/** What one or more sources say, and who. */
export interface Said {
  readonly said: string;
  /** Members' names, sorted. */
  readonly by: readonly string[];
}

export interface MergedItem<R> {
  /** Stable as long as the same sources say the same; for comparing answers use `tokens`. */
  readonly key: string;
  readonly title: string;
  /** What the item is about. Items of two answers that share a token are the same item. */
  readonly tokens: readonly string[];
  /** Every source, sorted by member; never empty. */
  readonly sources: readonly Sourced<R>[];
}

/** A source that contradicts an item. */
export interface Dispute {
  readonly said: 'none-known' | 'refuted' | 'entered-in-error' | 'inactive' | 'resolved';
  readonly source: Provenance;
}

export interface MergedAllergy extends MergedItem<AllergyIntolerance> {
  /** The worst that any source says. */
  readonly grade: AllergyGrade;
  readonly criticality?: NonNullable<AllergyIntolerance['criticality']>;
  readonly severity?: 'severe' | 'moderate' | 'mild';
  /** Manifestations, as they were called. */
  readonly reactions: readonly Said[];
  /** `active` when one source says so or none says anything. */
  readonly status: 'active' | 'inactive' | 'resolved';
  /** Ids of the drug classes it touches (`penicillins`). */
  readonly classes: readonly string[];
  readonly disputes: readonly Dispute[];
}

export type MedicationState = 'current' | 'paused' | 'unknown' | 'past';

export interface MergedMedication extends MergedItem<MedicationRequest | MedicationStatement> {
  /** `current` when one source says so: an anticoagulant that somebody still gives must be seen. */
  readonly state: MedicationState;
  readonly alerts: readonly DrugAlert[];
  readonly classes: readonly string[];
  /** Different doses side by side; more than one is a disagreement. */
  readonly doses: readonly Said[];
  /** FHIR status codes side by side. */
  readonly statuses: readonly Said[];
  /** The order says **not** to give it. */
  readonly prohibited: boolean;
}

export interface MergedProblem extends MergedItem<Condition> {
  readonly status: 'active' | 'inactive';
  /** Id of the reason why it is said first (`arrhythmia`), see `problem-alerts.ts`. */
  readonly alert?: string;
  readonly disputes: readonly Dispute[];
}

/** Kinds that are gathered and de-duplicated, without weighing one source against another. */
export type OtherResource =
  Device | Consent | DocumentReference | Immunization | Procedure | Observation | DiagnosticReport | Encounter;

export type OtherKind =
  | 'device'
  | 'directive'
  | 'immunization'
  | 'procedure'
  | 'result'
  | 'vital-sign'
  | 'observation'
  | 'report'
  | 'document'
  | 'encounter';

export interface MergedOther extends MergedItem<OtherResource> {
  readonly kind: OtherKind;
  /** Day or instant it is about, as the source wrote it. */
  readonly on?: string;
}

/** "No known allergies", and its like, as one source said it. */
export interface Absence extends AbsenceStatement {
  readonly about: 'AllergyIntolerance' | 'Medication' | 'Condition' | 'Device' | 'Immunization' | 'Procedure';
  readonly source: Provenance;
}

/** An entry that is shown apart: never alarming, never dropped. */
export interface ApartItem {
  readonly reason: 'refuted' | 'entered-in-error' | 'not-done' | 'cancelled' | 'superseded' | 'revoked';
  readonly title: string;
  readonly tokens: readonly string[];
  readonly source: Sourced<ClinicalResource>;
}

/** Why one resource was not taken. Closed. */
export type RefusalReason =
  | 'malformed'
  | 'too-large'
  | 'unsupported-type'
  | 'not-asked-for'
  | 'no-subject'
  | 'wrong-patient'
  | 'superseded-version';

/** A resource that was not taken, with nothing of its content. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly memberId: string;
  readonly memberName: string;
  readonly resourceType?: string;
  /** Id at the member, where it has the form of one. */
  readonly id?: string;
  /** FHIRPath of what was malformed. */
  readonly expression?: string;
}

export type ClinicalResource = AllergyIntolerance | MedicationRequest | MedicationStatement | Condition | OtherResource;

/** Everything the sources said, merged. JSON in and out; the order depends on the content alone. */
export interface MergedRecord {
  readonly transform: string;
  /** The members' own records of who the patient is, for the requester-side check. */
  readonly patients: readonly Sourced<Patient>[];
  readonly allergies: readonly MergedAllergy[];
  readonly medications: readonly MergedMedication[];
  readonly problems: readonly MergedProblem[];
  readonly others: readonly MergedOther[];
  readonly absences: readonly Absence[];
  readonly apart: readonly ApartItem[];
  readonly refused: readonly Refusal[];
}
