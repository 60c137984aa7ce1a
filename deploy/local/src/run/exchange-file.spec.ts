import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ExchangeDescription, readExchangeFile, removeExchangeFile, writeExchangeFile } from './exchange-file.js';

const description: ExchangeDescription = {
  gateway: { url: 'https://127.0.0.1:8443', fhirUrl: 'https://127.0.0.1:8443/fhir' },
  identityProvider: { tokenUrl: 'https://127.0.0.1:8444/token', issuer: 'https://localhost:8444' },
  ledger: {
    url: 'https://127.0.0.1:8445/log/',
    verifierKey: 'exchange.example/log+1a2b3c4d+AQ==',
    shardsUrl: 'https://127.0.0.1:8445/log/shards',
    checkpointsUrl: 'https://127.0.0.1:8445/checkpoints',
    quorum: 1,
    witnesses: [{ name: 'w.example', url: 'https://127.0.0.1:8446/', verifierKey: 'w.example+1a2b3c4d+BA==' }],
  },
  caCertificate: '/run/certificates/ca.crt.pem',
  kafka: { brokers: '127.0.0.1:9093' },
  database: { url: 'postgresql://postgres:x@127.0.0.1:5432/postgres' },
  operator: {
    organizationId: 'exchange-operator',
    client: { id: 'exchange-operator', privateJwk: { kty: 'EC' }, scopes: [], purposes: ['HSYSADMIN'] },
  },
  hospitals: [
    {
      name: 'Mercy General',
      organizationId: 'mercy-general',
      client: {
        id: 'mercy-general-emr',
        privateJwk: { kty: 'EC' },
        scopes: ['system/Patient.r'],
        purposes: ['ETREAT'],
      },
      adminUrl: 'http://127.0.0.1:9000/admin/hospitals/mercy-general',
    },
  ],
};

describe('.run/exchange.json', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hie-run-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('comes back as it was written, and only its owner may read it', () => {
    const path = writeExchangeFile(description, root);
    expect(readExchangeFile(root)).toEqual(description);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(root)).toEqual(['exchange.json']);
  });

  it('is not there before and after', () => {
    expect(readExchangeFile(root)).toBeUndefined();
    writeExchangeFile(description, root);
    removeExchangeFile(root);
    expect(readExchangeFile(root)).toBeUndefined();
  });

  it('is never written without a hospital or with something that is no address', () => {
    expect(() => writeExchangeFile({ ...description, hospitals: [] }, root)).toThrow(/hospitals/);
    expect(() => writeExchangeFile({ ...description, gateway: { url: 'here', fhirUrl: 'there' } }, root)).toThrow(
      /gateway/,
    );
    expect(readdirSync(root)).toEqual([]);
  });
});
