import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `open`: on its way. `answered`: at least one stage was released. `failed`: ended without one. Both ends are final. */
export type SessionState = 'open' | 'answered' | 'failed';

/** A query from its door to its end, so that it ends even if this process does not. */
@Entity('query_session')
@Check('query_session_state_check', `state in ('open', 'answered', 'failed')`)
@Index('query_session_open', ['deadline'], { where: `state = 'open'` })
@Index('query_session_asked_at', ['askedAt'], { type: 'brin' })
export class QuerySessionEntity {
  @PrimaryColumn('uuid')
  txn!: string;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('text', { name: 'client_id' })
  clientId!: string;

  /** The person in whose name it was asked; null where a system named none. */
  @Column('text', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text')
  purpose!: string;

  /** The gateway instance that answers the caller. */
  @Column('text')
  instance!: string;

  @Column('text')
  state!: SessionState;

  /** Digest of the request: the same idempotency key with another request is a mistake of the caller's. */
  @Column('text', { name: 'request_digest' })
  requestDigest!: string;

  @Column('timestamptz')
  deadline!: Date;

  /** The network address it was asked from, for the ledger's entry of how it ended. */
  @Column('text', { nullable: true })
  address!: string | null;

  @Column('timestamptz', { name: 'asked_at', default: () => 'now()' })
  askedAt!: Date;
}

/** One stage of an answer, held encrypted until its end of life, released or not. */
@Entity('query_answer')
@Index('query_answer_held_at', ['heldAt'], { type: 'brin' })
export class QueryAnswerEntity {
  @PrimaryColumn('uuid')
  txn!: string;

  @PrimaryColumn('text')
  part!: string;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('text')
  digest!: string;

  @Column('bytea')
  sealed!: Buffer;

  @Column('timestamptz', { name: 'held_at', default: () => 'now()' })
  heldAt!: Date;
}

/** The ledger's receipt over an answer, by the answer's digest; without it the answer is not released. */
@Entity('query_receipt')
@Index('query_receipt_noted_at', ['notedAt'], { type: 'brin' })
export class QueryReceiptEntity {
  @PrimaryColumn('uuid')
  txn!: string;

  @PrimaryColumn('text')
  digest!: string;

  @Column('jsonb')
  receipt!: object;

  @Column('timestamptz', { name: 'noted_at', default: () => 'now()' })
  notedAt!: Date;
}
