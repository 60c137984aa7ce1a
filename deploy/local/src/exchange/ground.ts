import { randomBytes } from 'node:crypto';

import type { ServiceName } from '@hie/contracts';

import { type Infrastructure, isOwn } from '../infrastructure.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import { undoAtEnd } from '../process/lifeline.js';
import { type ServiceDatabase, databaseNamed, inDatabase, provisionDatabase } from './provision-database.js';
import { provisionKafka, refuseTopics, withdrawTopics } from './provision-kafka.js';

/** What an exchange has on its servers: a database with a schema for each service, and its topics. */
export interface Ground {
  readonly databases: ReadonlyMap<ServiceName, ServiceDatabase>;
  /** The database as its server's administrator reaches it. */
  readonly databaseUrl: string;
  /** Takes away what was made on servers that others run; what is this run's own goes with its folder. */
  release(): Promise<void>;
}

type Servers = Pick<Infrastructure, 'kafka' | 'postgres'>;

/**
 * Makes an exchange's database and topics.
 *
 * On a PostgreSQL that others run, the database and its roles have a name of this run's own, so that no role of somebody else's is
 * touched and several exchanges can stand side by side. Topics are named in the contracts: a Kafka that others run carries one exchange
 * at a time. Both are taken away when the exchange ends; a SIGKILL leaves them.
 *
 * @throws LocalExchangeError `given-server-untrusted`, `given-server-used`, `database-refused`
 */
export async function prepareGround({ kafka, postgres }: Servers): Promise<Ground> {
  if (!isOwn(kafka) && kafka.admin === undefined) {
    throw new LocalExchangeError('given-server-untrusted', { variable: 'KAFKA_BROKERS' });
  }
  if (!isOwn(postgres) && postgres.caPath === undefined) {
    throw new LocalExchangeError('given-server-untrusted', { variable: 'DATABASE_URL' });
  }
  const prefix = isOwn(postgres) ? '' : `hie_${randomBytes(4).toString('hex')}_`;
  const undo: (() => Promise<void>)[] = [];
  const release = async (): Promise<void> => {
    for (const each of undo.splice(0)) await each();
  };
  try {
    const prepared = await Promise.allSettled([
      (async () => {
        if (!isOwn(postgres)) undo.push(undoAtEnd(() => postgres.dropDatabase(databaseNamed(prefix), prefix)));
        return provisionDatabase(postgres, prefix);
      })(),
      (async () => {
        if (isOwn(kafka)) return provisionKafka(kafka);
        await refuseTopics(kafka);
        undo.push(undoAtEnd(() => withdrawTopics(kafka)));
        await provisionKafka(kafka, false);
      })(),
    ]);
    const [databases, topics] = prepared;
    if (topics.status === 'rejected') throw topics.reason;
    if (databases.status === 'rejected') throw databases.reason;
    return { databases: databases.value, databaseUrl: inDatabase(postgres.url, databaseNamed(prefix)), release };
  } catch (error) {
    await release();
    throw error;
  }
}
