// Systems: https://terminology.hl7.org/identifiers.html; state driver's licences stand under one arc, by FIPS code.

/** Who assigns an identifier, which decides what it proves when two members record the same one. */
export type IdentifierAuthority = 'social-security' | 'government' | 'other';

const SOCIAL_SECURITY = new Set(['http://hl7.org/fhir/sid/us-ssn', 'urn:oid:2.16.840.1.113883.4.1']);
const MEDICARE = new Set(['http://hl7.org/fhir/sid/us-mbi', 'urn:oid:2.16.840.1.113883.4.927']);
const DRIVERS_LICENCE = /^urn:oid:2\.16\.840\.1\.113883\.4\.3\.\d{1,2}$/;
const PASSPORT = /^http:\/\/hl7\.org\/fhir\/sid\/passport-[A-Z]{3}$/;

/** The authority behind an identifier system. Pure. */
export function authorityOf(system: string): IdentifierAuthority {
  if (SOCIAL_SECURITY.has(system)) return 'social-security';
  const isGovernment = MEDICARE.has(system) || DRIVERS_LICENCE.test(system) || PASSPORT.test(system);
  return isGovernment ? 'government' : 'other';
}
