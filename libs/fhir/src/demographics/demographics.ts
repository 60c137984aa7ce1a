/** An address in the parts that are compared. */
export interface DemographicAddress {
  readonly street?: string;
  readonly unit?: string;
  readonly city?: string;
  readonly state?: string;
  readonly postalCode?: string;
}

/** A name that is no longer, or not officially, used. */
export interface FurtherName {
  readonly given: string[];
  readonly family: string;
}

/**
 * Who a person is, apart from any standard: what crosses the exchange when a patient is looked for. Absent parts are unknown, never guessed.
 *
 * The part that travels between services has the same members in `@hie/contracts` (`demographicsSchema`), and fits it by shape.
 */
export interface Demographics {
  /** Given names of the current name in their order: the first name, then middle names. */
  readonly given: string[];
  /** The current family name, then former ones. */
  readonly family: string[];
  readonly suffix?: string;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: as much as is known. */
  readonly birthDate?: string;
  readonly sex?: 'male' | 'female' | 'other' | 'unknown';
  readonly phones: string[];
  readonly emails: string[];
  /** Current ones first. */
  readonly addresses: DemographicAddress[];
  readonly identifiers: { readonly system: string; readonly value: string }[];
  /** Maiden names, nicknames and earlier names as wholes. */
  readonly furtherNames: FurtherName[];
}

/** How much of each is read. What is beyond is left out and told; a caller can't make the matching work on a thousand names. */
export const demographicLimits = {
  given: 8,
  family: 4,
  furtherNames: 8,
  phones: 8,
  emails: 8,
  addresses: 8,
  identifiers: 16,
  /** UTF-16 units of any one value; a longer value is not a name. */
  textLength: 256,
} as const;
