import { ConfigurationError, parseConfig, readConfig } from './simulator.config.js';

const file = import.meta.filename;
const hospital = {
  id: 'mercy',
  organizationId: 'org-1',
  name: 'Mercy',
  port: 0,
  tls: { certPath: file, keyPath: file },
  identifierSystem: 'urn:oid:2.999.1',
};
const config = { population: { seed: 1, people: 10 }, hospitals: [hospital] };
const faultsOf = (json: unknown): readonly string[] => {
  try {
    parseConfig(JSON.stringify(json));
  } catch (cause) {
    if (cause instanceof ConfigurationError) return cause.faults;
  }
  return [];
};

describe('the configuration', () => {
  it('is taken with what it says, and defaults for the rest', () => {
    expect(parseConfig(JSON.stringify(config))).toMatchObject({
      admin: { port: 0 },
      chartCacheBytes: 16_000_000,
      hospitals: [{ id: 'mercy', host: 'localhost', trustedClients: [] }],
    });
    expect(parseConfig(JSON.stringify({ ...config, population: { bundles: 'folder' } })).population).toEqual({
      bundles: 'folder',
      seed: 1,
    });
  });

  it('is refused with everything that is wrong at once, by path and without a value', () => {
    const secret = 'do-not-print-me';
    const faults = faultsOf({
      population: { seed: 1, people: 10 },
      surprise: true,
      hospitals: [
        {
          ...hospital,
          id: 'Not An Id',
          port: 99_999,
          tls: { certPath: secret, keyPath: file },
          trustedClients: [{ clientId: 'x' }],
        },
      ],
    });
    expect(faults.join('\n')).toMatch(/hospitals\.0\.id/);
    expect(faults.join('\n')).toMatch(/hospitals\.0\.port/);
    expect(faults.join('\n')).toMatch(/hospitals\.0\.tls\.certPath: no such file/);
    expect(faults.join('\n')).toMatch(/surprise/);
    expect(faults.join('\n')).not.toContain(secret);
  });

  it('wants exactly one source of a client’s keys', () => {
    const both = { clientId: 'x', jwks: { keys: [{ kty: 'EC' }] }, jwksUrl: 'https://localhost/jwks' };
    expect(faultsOf({ ...config, hospitals: [{ ...hospital, trustedClients: [{ clientId: 'x' }, both] }] })).toEqual([
      'hospitals.0.trustedClients.0: exactly one of jwks and jwksUrl',
      'hospitals.0.trustedClients.1: exactly one of jwks and jwksUrl',
    ]);
  });

  it.each(['id', 'organizationId', 'identifierSystem'] as const)('refuses two hospitals with one %s', (key) => {
    const second = { ...hospital, id: 'b', organizationId: 'b', identifierSystem: 'urn:b', [key]: hospital[key] };
    expect(faultsOf({ ...config, hospitals: [hospital, second] })).toEqual([`hospitals.1.${key}: used twice`]);
  });

  it.each([
    ['not-given', undefined],
    ['unreadable', '/nowhere/at/all'],
    ['not-json', file],
  ])('says %s', (code, path) => {
    expect(() => readConfig(path)).toThrow(expect.objectContaining({ code }));
  });
});
