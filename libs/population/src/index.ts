export { type Population, type PopulationOptions, population } from './population.js';
export { type Person, type Since, valueOn } from './people/person.js';
export { type Hospital, inventHospitals } from './registration/hospital.js';
export { type Registration } from './registration/registration.js';
export { type RecordedDemographics } from './registration/recorded.js';
export { type FlatRecord, FLAT_RECORD_COLUMNS, csvLine } from './registration/flat-record.js';
export { type ErrorRates, DEFAULT_ERROR_RATES } from './registration/error-rates.js';
export { SSN_LAST4_SYSTEM } from './fhir/patient.js';
export { type Story, type StoryExpectation, type StoryPerson } from './stories/stories-of.js';
