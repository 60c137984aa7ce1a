import { randomUUID } from 'node:crypto';

import type { IndexGround } from '@hie/local-exchange';
import { defaultLinkRule, defaultModel } from '@hie/matching-engine';
import { FieldCipher, MemberKeys } from '@hie/persistence';
import type { FileKeyring } from '@hie/service-kit';
import pg from 'pg';

import type { BenchRecord } from './people.js';
import { keyringIn } from '../../shared/keyring-in.js';

/** The column that a sealed content is bound to. */
const CONTENT = 'source_record.content';
const ROWS_AT_ONCE = 2_000;
const SAY_EVERY = 100_000;

interface Row extends BenchRecord {
  readonly recordId: string;
  readonly personId: string;
  readonly isFirst: boolean;
}

/**
 * Puts people into the tables of a patient index that is down, as a restored database would hold them: each record sealed under its member's
 * key, each person's records linked by the truth, with the events that say so.
 *
 * It stands in for the months in which a region is fed; linking is measured by itself. The service then starts on it as on any database.
 *
 * @param people each one's records. @returns how many records it put there
 */
export async function fillIndex(
  { database, trust }: IndexGround,
  ca: string,
  people: Iterable<readonly BenchRecord[]>,
  say: (line: string) => void,
): Promise<number> {
  const keyring = keyringIn(trust.folder, 'patient-index');
  const pool = new pg.Pool({
    connectionString: database.url,
    ssl: { ca },
    max: 2,
    options: '-c synchronous_commit=off',
  });
  try {
    const keys = new MemberKeys(pool, () => keyring.wrappingKeys(), keyring.members);
    const writer = new TableWriter(pool, keys, keyring.members, new FieldCipher(keys.find));
    let filled = 0;
    let rows: Row[] = [];
    for (const records of people) {
      const personId = randomUUID();
      records.forEach((record, at) => rows.push({ ...record, recordId: randomUUID(), personId, isFirst: at === 0 }));
      if (rows.length < ROWS_AT_ONCE) continue;
      await writer.write(rows);
      if (Math.floor((filled + rows.length) / SAY_EVERY) > Math.floor(filled / SAY_EVERY))
        say(`${(filled + rows.length).toLocaleString('en-US')} records put into the tables`);
      filled += rows.length;
      rows = [];
    }
    await writer.write(rows);
    await pool.query('analyze');
    return filled + rows.length;
  } finally {
    keyring.close();
    await pool.end();
  }
}

class TableWriter {
  constructor(
    private readonly pool: pg.Pool,
    private readonly keys: MemberKeys,
    private readonly wrappingKeys: FileKeyring['members'],
    private readonly cipher: FieldCipher,
  ) {}

  async write(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    for (const memberId of new Set(rows.map((row) => row.memberId))) {
      this.wrappingKeys.make(memberId);
      await this.keys.ensure(memberId);
    }
    const ids = rows.map(({ recordId }) => recordId);
    const persons = rows.map(({ personId }) => personId);
    await this.pool.query('insert into person (person_id) select * from unnest($1::uuid[])', [
      rows.filter(({ isFirst }) => isFirst).map(({ personId }) => personId),
    ]);
    await this.pool.query(
      `insert into source_record (record_id, member_id, identifier_hash, content, person_id, version)
       select *, 1 from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::uuid[])`,
      [
        ids,
        rows.map(({ memberId }) => memberId),
        rows.map(({ memberId, content: { identifier } }) =>
          this.cipher.blindIndex(memberId, `${identifier.system}|${identifier.value.trim()}`),
        ),
        rows.map(({ memberId, content }) => this.cipher.seal(memberId, CONTENT, JSON.stringify(content))),
        persons,
      ],
    );
    const basis = { modelVersion: defaultModel.version, thresholds: defaultLinkRule };
    await this.pool.query(
      `insert into identity_event (kind, record_id, person_id, details)
       select kind, record_id, person_id, details from unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::jsonb[])
         with ordinality as row(record_id, person_id, registered, linked, place)
       cross join lateral (values ('record-registered', registered, 1), ('linked', linked, 2)) as event(kind, details, step)
       order by place, step`,
      [
        ids,
        persons,
        rows.map(({ memberId }) => JSON.stringify({ memberId })),
        rows.map(({ isFirst }) => JSON.stringify({ by: isFirst ? 'new-person' : 'match', ...basis })),
      ],
    );
  }
}
