export { type Place, TransparencyLogError, type TransparencyLogCode } from './failure.js';

export { isConsistent, type TreeHead } from './merkle/consistency-proof.js';
export { emptyRoot, type Hash, HASH_BYTES, leafHash, nodeHash, sameBytes } from './merkle/hash.js';
export { type Inclusion, isIncluded } from './merkle/inclusion-proof.js';
export { rootOfRun } from './merkle/range-proof.js';
export { type Range } from './merkle/subtree.js';

export {
  addSignatures,
  type Checkpoint,
  formatCheckpoint,
  parseCheckpoint,
  readCheckpoint,
  type UnverifiedCheckpoint,
} from './notes/checkpoint.js';
export { cosign } from './notes/cosignature.js';
export { formatSignerKey, type NoteSigner, noteSigner, parseSignerKey } from './notes/note-signer.js';
export {
  type Cosigner,
  vouchedAt,
  openCheckpoint,
  type OpenCheckpoint,
  signCheckpoint,
  type Trust,
} from './notes/open-checkpoint.js';
export {
  formatProofFile,
  openProofFile,
  parseProofFile,
  type ProofFile,
  type ProvenEntry,
} from './notes/proof-file.js';
export { formatSignatureLine, type NoteSignature, parseSignatureLines } from './notes/signed-note.js';
export {
  formatVerifierKey,
  type KeyType,
  parseVerifierKey,
  type VerifierKey,
  verifierKey,
} from './notes/verifier-key.js';

export { type AddCheckpoint, formatAddCheckpoint, parseAddCheckpoint } from './witness/add-checkpoint.js';
export {
  type CosignatureDecision,
  type CosignatureRefusal,
  decideCosignature,
  type WitnessedLogs,
} from './witness/decide-cosignature.js';

export { decodeBundle, MAX_ENTRY_BYTES } from './tiles/entry-bundle.js';
export { headersOf, type Resource, resourceOf } from './tiles/resource.js';
export { CHECKPOINT_PATH, entriesPath, type Tile, TILE_HEIGHT, TILE_WIDTH, tilePath } from './tiles/tile-path.js';

export { type IndexedEntry, logProofs, type LogProofs } from './log/log-proofs.js';
export { memoryStorage, type MemoryStorage } from './log/memory-storage.js';
export { mirrorLog } from './log/mirror-log.js';
export { HEAD_PATH } from './log/head-path.js';
export { type Signers } from './log/log-writer.js';
export { type LogOptions, openLog } from './log/open-log.js';
export { type Commit, type LogReader, type LogStorage, type StoredResource } from './log/storage.js';
export { type Appended, type TransparencyLog } from './log/transparency-log.js';

export { type LogFault, type LogFaultReason, type LogVerdict } from './verify/log-verdict.js';
export { verifyLog, type VerifyOptions } from './verify/verify-log.js';

export {
  type HandOver,
  type DroppedMark,
  type DroppingMark,
  isClosing,
  isDropping,
  isOpening,
  markOf,
  openHandOver,
  type ShardMark,
  signHandOver,
} from './shards/shard-mark.js';
export {
  compareShards,
  isShardName,
  keyOfOrigin,
  nextShard,
  shardAt,
  shardEndMs,
  shardOfOrigin,
  shardOrigin,
} from './shards/shard-name.js';
export { attests, droppedMarkOf, type DroppedShard } from './shards/dropped-shard.js';
export { mirrorRemains } from './shards/mirror-remains.js';
export { CLOSING_PATH, OPENING_PATH, REMAINS_PATHS } from './shards/shard-remains.js';
export { readShard, type Shard, trustOfShard } from './shards/read-shard.js';
export {
  type OpenShard,
  openShards,
  type ShardChain,
  type ShardStore,
  type ShardWriting,
} from './shards/open-shards.js';
export {
  beginOf,
  type ChainFault,
  type ChainFaultReason,
  type ChainLink,
  handOverFault,
  type ShardEnds,
} from './shards/follow-chain.js';
export { type LinkedShard, linkShards, type LinkShardsOptions } from './shards/link-shards.js';
export {
  type DroppedVerdict,
  type ShardVerdict,
  verifyShards,
  type VerifyShardsOptions,
} from './shards/verify-shards.js';
