// Systems that know nothing of this project, with their languages' own OAuth libraries: docs/clients. Each asks the running exchange for a
// token and for a patient, unchanged.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { outsideClients } from '../support/outside-clients.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

interface Shown {
  readonly tokenType: string;
  readonly scope: string;
  readonly patient: string;
  readonly allergies: readonly string[];
}

const clients = await Promise.all(outsideClients.map(async (client) => ({ client, missing: await client.prepare() })));
for (const { client, missing } of clients)
  if (missing !== undefined) console.info(`skipped: ${client.name}, ${missing}`);

describe('a client from outside', () => {
  let exchange: SharedExchange;
  let folder: string;
  let file: string;
  beforeAll(() => {
    exchange = sharedExchange();
    folder = mkdtempSync(join(tmpdir(), 'hie-clients-'));
    file = join(folder, 'exchange.json');
    writeFileSync(file, JSON.stringify(exchange.description), { mode: 0o600 });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await exchange.close();
  });

  for (const { client, missing } of clients) {
    (missing === undefined ? it : it.skip)(
      `${client.name} gets a token for a purpose, bound to its key, finds a patient and reads her allergies`,
      async () => {
        const { code, out, err } = await client.run(file, exchange.description.caCertificate);
        expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
        const shown = JSON.parse(out.trim().split('\n').at(-1) ?? '') as Shown;
        expect(shown.tokenType.toLowerCase()).toBe('dpop');
        expect(shown.scope).toBe('system/*.rs');
        expect(shown.patient).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect(shown.allergies.join()).toMatch(/penicillin/i);
      },
      300_000,
    );
  }
});
