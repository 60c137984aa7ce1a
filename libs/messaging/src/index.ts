export { AuditTrail } from './audit-trail.js';
export { type AuditCircumstances, AuditWriter, transactionRequester } from './audit-writer.js';
export type { ObjectStore } from './claim-check.js';
export { CoalescingSender, type OutgoingMessage } from './coalescing-sender.js';
export type { Assignment } from './consumer-loop.js';
export { type ConsumeOptions, Consumes, type Consumption, type DeliveryMode } from './consumes.js';
export { DeadLetterBox, type LetterList, type Replay } from './dead-letter-box.js';
export { directoryObjectStore } from './directory-object-store.js';
export { MessagingError, type MessagingErrorCode, type RetryClass } from './errors.js';
export { type ExchangeMessaging, type ExchangeMessagingOptions, exchangeMessaging } from './exchange-messaging.js';
export { ExchangeServer, type ExchangeServerOptions } from './exchange-server.js';
export {
  type AuditFacts,
  type Emission,
  type Handler,
  type HopResult,
  type Received,
  effect,
  emission,
} from './hop.js';
export { type KafkaSettings, connectKafka } from './kafka.js';
export { KeyAgreement, type WrappedKeys } from './key-agreement.js';
export type { KeyWithId, Keyring } from './keyring.js';
export { MessagePipeline } from './message-pipeline.js';
export {
  type ArrivedMessage,
  MessageReader,
  type MessageReaderOptions,
  type ReadMessage,
  earlierSeals,
} from './message-reader.js';
export { MessageWriter, type MessageWriterOptions, type WriteOptions, type WrittenMessage } from './message-writer.js';
export { OutboxRelay } from './outbox-relay.js';
export { openValue, sealValue } from './payload-envelope.js';
export { accessList, provisionAcls } from './provision-acls.js';
export {
  type Drift,
  type TopicSettings,
  findDrift,
  provisionTopics,
  refuseDrift,
  topicSettings,
} from './provision-topics.js';
export { packRecord, unpackRecord } from './record-format.js';
export { classify, withRetry } from './retry.js';
export { type TransactionScope, remainingMs } from './transaction-scope.js';
export { vouchedEvent } from './vouched-event.js';
export { type S3Credentials, type S3Settings, s3ObjectStore } from './s3-object-store.js';
