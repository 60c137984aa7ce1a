import { type Patient, type Resource } from '@medplum/fhirtypes';

/** The columns that patients are looked up by, as recorded; empty where nothing is. */
export interface PatientColumns {
  readonly id: string;
  readonly family: string;
  readonly given: string;
  readonly birthDate: string;
}

/** Everything one member hospital holds, whatever it was made from. Patient ids are the hospital's own local numbers. */
export interface MemberRecords {
  readonly patientCount: number;
  /** Ids of all patients, in a fixed order. */
  readonly patientIds: () => Iterable<string>;
  /** The columns of all patients, in the same order. */
  readonly columns: () => Iterable<PatientColumns>;
  readonly patient: (id: string) => Patient | undefined;
  /** The clinical resources of a patient; undefined when there is no such patient. */
  readonly chart: (id: string) => readonly Resource[] | undefined;
  /** The patient in whose chart a resource with this type and id could be. */
  readonly patientOf: (type: string, id: string) => string | undefined;
  /** Organization and practitioners. */
  readonly shared: readonly Resource[];
}
