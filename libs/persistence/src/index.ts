export { dropAppendOnly, makeAppendOnly } from './append-only.js';
export { type Acceptance, type OutboxRecord, type Unit, commitBatch, outboxInsert } from './commit-batch.js';
export { type DatabaseModel, type DatabaseSettings, databaseOptions, migrate, poolOf } from './database.js';
export { FieldCipher, FieldCipherError, type MemberKeySource } from './field-cipher.js';
export { type Effect, GroupCommitter } from './group-committer.js';
export { createInboxAndOutbox, dropInboxAndOutbox } from './inbox-outbox.js';
export { MemberKeys, createMemberKeys, dropMemberKeys } from './member-keys.js';
export { OutboxStore } from './outbox-store.js';
export { type Delivery, type Transaction, UnitOfWork } from './unit-of-work.js';
