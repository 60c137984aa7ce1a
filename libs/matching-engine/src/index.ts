export { type AddressParts, normaliseAddress, type NormalisedAddress } from './normalise/address.js';
export { packDate, type PackedDate, parseBirthDate } from './normalise/birth-date.js';
export { parseEmail, parseNationalId, parsePhone } from './normalise/contact.js';
export { foldText } from './normalise/fold-text.js';
export { nicknameWeight } from './normalise/nicknames.js';
export { type NameParts, normaliseName, type NormalisedName } from './normalise/normalise-name.js';
export {
  type AssignedIdentifier,
  normaliseRecord,
  type NormalisedRecord,
  type PatientRecord,
} from './normalise/normalise-record.js';
export { type ExtraField, type FieldDefinition, fieldDefinitions } from './compare/fields.js';
export { createMatchIndex, loadMatchIndex, type MatchIndex, type MatchIndexOptions } from './match-index.js';
export { defaultModel } from './model/default-model.js';
export { type LevelTable, type MatchModel, type PairClass, pairClasses } from './model/match-model.js';
export {
  type Decision,
  decide,
  type DecisionPolicy,
  defaultPolicy,
  type ReviewReason,
  type Scored,
} from './search/decide.js';
export { type Explanation, type FieldEvidence } from './search/explain.js';
export { type Candidate, type SearchOptions, type SearchResult } from './search/search-index.js';
export {
  clippedLogOdds,
  decidePersonLink,
  defaultLinkRule,
  type LinkRule,
  type PersonEvidence,
  personEvidence,
  personProbability,
} from './cluster/person-score.js';
