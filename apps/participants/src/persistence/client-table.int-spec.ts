// There is no such thing as a client secret: what the table of clients refuses, whoever writes to it.
import { type TestSchema, testSchema } from '@hie/testing-kit';
import { databaseOptions } from '@hie/persistence';
import { DataSource } from 'typeorm';

import { model } from './model.js';

const CHECK_VIOLATION = '23514';
const publicKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };

describe('the table of clients', () => {
  let schema: TestSchema;
  beforeAll(async () => {
    schema = await testSchema();
    const source = await new DataSource(
      databaseOptions({ url: schema.url, caPath: schema.caPath, schema: schema.name }, model),
    ).initialize();
    await source.runMigrations();
    await source.destroy();
    await schema.pool.query(
      `insert into member (member_id, organization_id, name, status, discloses, sites, endpoints, version)
       values ('mercy', 'urn:oid:2.999.1', 'Mercy', 'active', true, '[]', '[]', 1)`,
    );
  });
  afterAll(() => schema.drop());

  const inserted = (keys: readonly object[], method = 'private_key_jwt', boundBy = 'dpop'): Promise<string> =>
    schema.pool
      .query(
        `insert into client (client_id, member_id, jwks, scopes, purposes, auth_method, bound_by)
         values (gen_random_uuid()::text, 'mercy', $1, '{}', '{}', $2, $3)`,
        [JSON.stringify({ keys }), method, boundBy],
      )
      .then(
        () => 'taken',
        ({ code }: { code: string }) => code,
      );

  it('takes a public key, bound by a proof or a certificate', async () => {
    expect(await inserted([publicKey])).toBe('taken');
    expect(await inserted([publicKey], 'tls_client_auth', 'certificate')).toBe('taken');
  });

  it.each<[string, () => Promise<string>]>([
    ['a client that sends a secret', () => inserted([publicKey], 'client_secret_basic')],
    ['a client that signs with one', () => inserted([publicKey], 'client_secret_jwt')],
    ['a client that proves nothing', () => inserted([publicKey], 'none')],
    ['no key', () => inserted([])],
    ['a symmetric key', () => inserted([{ kty: 'oct', k: 'c2VjcmV0' }])],
    ['a private key', () => inserted([{ ...publicKey, d: 'd' }])],
    ['a private key beside a public one', () => inserted([publicKey, { ...publicKey, d: 'd' }])],
    ['tokens bound to nothing', () => inserted([publicKey], 'private_key_jwt', 'bearer')],
  ])('refuses %s', async (_name, attempt) => {
    expect(await attempt()).toBe(CHECK_VIOLATION);
  });

  it('has no column for a secret', async () => {
    const { rows } = await schema.pool.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_schema = $1`,
      [schema.name],
    );
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ name }) => /secret|pass|pwd/.test(name))).toEqual([]);
  });
});
