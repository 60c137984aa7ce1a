// `npm run up`, somebody from outside who has nothing but `.run/exchange.json`, and `npm run down`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { exchangeDescriptionSchema } from '@hie/local-exchange';

import { eventually } from '../support/doors.js';
import { outsideClients } from '../support/outside-clients.js';
import { TypedCommand } from '../support/typed-command.js';

const SERVICES = 8;

describe('npm run up', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-up-'));
  });
  afterAll(async () => {
    // Where a test failed in the middle.
    await type('down').finished;
    rmSync(folder, { recursive: true });
  }, 120_000);

  const type = (command: 'up' | 'down', ...words: string[]) =>
    TypedCommand.type([command, '--', ...words], { HIE_RUN: folder });

  it('leaves an exchange that a client from outside can ask, until npm run down', async () => {
    const file = join(folder, 'exchange.json');
    const up = type('up');
    const { code, out, err } = await up.finished;
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${file} says where everything is; npm run down stops it.`);
    const description = exchangeDescriptionSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

    const [client] = outsideClients;
    const asked = await client?.run(file, description.caCertificate);
    expect({ code: asked?.code, err: asked?.err }).toEqual({ code: 0, err: '' });
    const { allergies } = JSON.parse(asked?.out.trim().split('\n').at(-1) ?? '') as { allergies: string[] };
    expect(allergies.join()).toMatch(/penicillin/i);

    // Once a folder.
    const again = await type('up').finished;
    expect([again.code, again.out]).toEqual([0, expect.stringContaining(`already up: ${description.gateway.url}`)]);

    if (process.platform === 'linux') expect(up.left.length).toBeGreaterThan(SERVICES);
    const down = await type('down').finished;
    expect([down.code, down.out]).toEqual([0, expect.stringContaining('It is down.')]);
    await eventually(async () => (up.left.length === 0 ? true : undefined)).catch(() => expect(up.left).toEqual([]));
    expect(existsSync(file)).toBe(false);
    expect((await type('down').finished).out).toContain('Nothing is up.');
  }, 300_000);

  it('says why it is not up, and ends with 1', async () => {
    const { code, err } = await type('up', '--bundles', 'nowhere').finished;
    expect(code).toBe(1);
    expect(err).toMatch(/bundles do not tell the story/);
    expect(existsSync(join(folder, 'exchange.json'))).toBe(false);
  }, 120_000);
});
