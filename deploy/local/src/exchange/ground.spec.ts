import type { Infrastructure } from '../infrastructure.js';
import { database } from '../postgres/database.js';
import { prepareGround } from './ground.js';

const kafka = {
  brokers: 'kafka.example:9093',
  admin: { caPath: '/given/ca', certificatePath: '/given/crt', keyPath: '/given/key' },
};
const postgres = database('postgresql://admin@db.example/postgres?sslmode=verify-full&sslrootcert=%2Fgiven%2Fca');

describe(prepareGround.name, () => {
  it.each<[string, Pick<Infrastructure, 'kafka' | 'postgres'>, string]>([
    ['a Kafka without certificates', { kafka: { brokers: kafka.brokers }, postgres }, 'KAFKA_BROKERS'],
    [
      'a PostgreSQL without an authority',
      { kafka, postgres: database('postgresql://db.example/postgres') },
      'DATABASE_URL',
    ],
  ])('touches nothing when it is given %s', async (_what, servers, variable) => {
    await expect(prepareGround(servers)).rejects.toMatchObject({
      code: 'given-server-untrusted',
      detail: { variable },
    });
  });
});
