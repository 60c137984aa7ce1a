import type { Statement } from '@hie/persistence';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What became known of a case after it was opened: whose record it was about, and which case of the ledger reviews it. */
@Entity('break_glass_link')
export class BreakGlassLinkEntity {
  @PrimaryColumn('uuid')
  txn!: string;

  /** Absent where the query found nobody, or has not got there yet. */
  @Column('uuid', { name: 'person_id', nullable: true })
  personId!: string | null;

  @Column('uuid', { name: 'review_case_id', nullable: true })
  reviewCaseId!: string | null;
}

/** Who was found, noted together with the decision. */
export interface GlassPerson {
  readonly txn: string;
  readonly personId: string;
}

export const noteGlassPersons = (rows: readonly GlassPerson[]): readonly Statement[] => [
  {
    name: 'note-glass-persons',
    text: `insert into break_glass_link (txn, person_id) select distinct on (t.txn) t.txn, t.person_id
      from unnest($1::uuid[], $2::uuid[]) as t(txn, person_id)
      on conflict (txn) do update set person_id = excluded.person_id`,
    values: [rows.map(({ txn }) => txn), rows.map(({ personId }) => personId)],
  },
];
