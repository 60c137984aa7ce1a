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
export {
  type AnyRecord,
  createMatchIndex,
  loadMatchIndex,
  type MatchIndex,
  type MatchIndexOptions,
} from './match-index.js';
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
  type PairEvidence,
  type PersonEvidence,
  personEvidence,
  personProbability,
} from './cluster/person-score.js';
export { allPairsOf, addRecord, createRecordFile, pairFilter, type RecordFile, vetoOf } from './link/record-file.js';
export { appendRecords, type RecordPart } from './link/append-records.js';
export { dropCrowdedContacts } from './link/crowded-contacts.js';
export {
  createPairScorer,
  type PairScorer,
  scoreCandidates,
  scoreCompared,
  type ScoreOptions,
} from './link/score-file.js';
export { explainPair, type PairExplanation } from './link/explain-pair.js';
export {
  blockFile,
  type BlockingLimits,
  type BlockingReport,
  defaultLimits,
  type FileBlocks,
  forEachCandidate,
} from './train/candidate-pairs.js';
export { type Training, trainModel, type TrainOptions } from './train/train-model.js';
export { type ResolveOptions, type Resolution, resolvePairs, type ScoredPairs } from './cluster/resolve-pairs.js';
export { averageLinkage, type Linkage, type LinkMatrix, type Partition } from './cluster/average-linkage.js';
export { jointPosterior, mostBlocks } from './cluster/joint-posterior.js';
