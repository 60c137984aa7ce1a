import type { Statement } from '@hie/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Standing } from './standing-under.js';

/** A transaction in which a person was named. */
export interface Disclosure {
  readonly txn: string;
  /** The id it was named by. */
  readonly personId: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Where in the order of disclosures a page ended. */
export type LastDisclosure = Pick<Disclosure, 'txn' | 'personId'>;

/**
 * Which transactions were told of a person, and when.
 *
 * patient-index knows whom it named, not what was released of it: that the ledger says, by the same `txn` (docs/adr/0191).
 */
export abstract class DisclosureIndex {
  /** Over several ids with their times, oldest first, from behind the last one of the page before; at most `limit`. */
  abstract during(
    standings: readonly Standing[],
    limit: number,
    after?: LastDisclosure,
  ): Promise<readonly Disclosure[]>;
}

/** Answers from `named_person`, which is written with each answer. */
@Injectable()
export class NamedPersons extends DisclosureIndex {
  constructor(private readonly source: DataSource) {
    super();
  }

  async during(standings: readonly Standing[], limit: number, after?: LastDisclosure): Promise<readonly Disclosure[]> {
    if (standings.length === 0) return [];
    const found: { txn: string; personId: string; at: Date }[] = await this.source.query(
      `select distinct named.txn, named.person_id as "personId", named.at
       from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as standing(person_id, since, until)
       join named_person named on named.person_id = standing.person_id and named.at between standing.since and standing.until
       where $5::uuid is null or (named.at, named.txn, named.person_id) >
             (select at, txn, person_id from named_person where txn = $5 and person_id = $6)
       order by named.at, named.txn, named.person_id limit $4`,
      [
        standings.map(({ personId }) => personId),
        standings.map(({ since }) => since),
        standings.map(({ until }) => until),
        limit,
        after?.txn,
        after?.personId,
      ],
    );
    return found.map(({ at, ...named }) => ({ ...named, at: at.toISOString() }));
  }
}

export type Named = Pick<Disclosure, 'txn'> & { readonly personIds: readonly string[] };

/** Notes who was named, in the transaction that stores the answer. */
export function noteNamed(all: readonly Named[]): readonly Statement[] {
  const rows = all.flatMap(({ txn, personIds }) => personIds.map((personId) => ({ txn, personId })));
  return [
    {
      name: 'note-named',
      text: `insert into named_person (txn, person_id) select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing`,
      values: [rows.map(({ txn }) => txn), rows.map(({ personId }) => personId)],
    },
  ];
}
