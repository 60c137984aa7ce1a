// IHE Privacy Consent on FHIR (PCF) 1.1.1, volume 3: elements of a provision AND, repetitions OR, an absent element constrains nothing.
import type { Purpose } from '@hie/purpose-of-use';

/** What a patient permits or forbids. Every constraint that is present must hold for the provision to apply. */
export interface Provision {
  readonly type: 'permit' | 'deny';
  /** Matched exactly: a word on treatment says nothing about breaking the glass. */
  readonly purposes?: readonly Purpose[];
  /** Members that ask. */
  readonly recipients?: readonly string[];
  /** Members that hold: the provision is about their records alone. */
  readonly custodians?: readonly string[];
  /** Security labels (`system|code`): the provision is about resources so labelled alone. */
  readonly labels?: readonly string[];
  /** ms since the epoch; `start` is within, `end` is not. */
  readonly period?: { readonly start?: number; readonly end?: number };
}

/** A patient's word as it stands at one version. */
export interface Directive {
  /** `Consent/<id>/_history/<version>`. */
  readonly reference: string;
  readonly isActive: boolean;
  /** The member that filed it; absent where the patient did. */
  readonly filedBy?: string;
  readonly provision: Provision;
}
