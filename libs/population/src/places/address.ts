/** Where somebody lives, in parts, as it would be written in full. Records shorten and mangle it. */
export interface Address {
  readonly number: string;
  /** N, S, E, W or empty. */
  readonly direction: string;
  readonly streetName: string;
  /** In full: Street, Avenue. */
  readonly streetType: string;
  /** `Apt 4B`, or empty for a house. */
  readonly unit: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
}

/** USPS suffix abbreviations (Publication 28, appendix C1) of the street types used here. */
export const STREET_TYPE_ABBREVIATIONS: Readonly<Record<string, string>> = {
  Street: 'St',
  Avenue: 'Ave',
  Road: 'Rd',
  Drive: 'Dr',
  Lane: 'Ln',
  Court: 'Ct',
  Circle: 'Cir',
  Terrace: 'Ter',
  Place: 'Pl',
  Boulevard: 'Blvd',
  Way: 'Way',
  Highway: 'Hwy',
};

/** The street line in full: `1200 N Maple Avenue`. */
export function streetLine(address: Address): string {
  return [address.number, address.direction, address.streetName, address.streetType]
    .filter((part) => part !== '')
    .join(' ');
}
