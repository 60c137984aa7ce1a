// `npm run demo` as somebody types it who has just cloned the project: the story told once, written down, and nothing left.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ArrivalAnswer, Hop, Verification } from '@hie/local-exchange';

import { eventually } from '../support/doors.js';
import { type Finished, TypedCommand } from '../support/typed-command.js';

interface Told {
  readonly arrival: { readonly hospital: string; readonly parts: readonly { what: string; holder: string }[] };
  readonly answer: ArrivalAnswer;
  readonly hops: readonly Hop[];
  readonly verification: Verification;
}

const SYNTHEA = fileURLToPath(new URL('../../../shared/data/synthea', import.meta.url));
const SERVICES = 8;

describe('npm run demo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-demo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function demo(...words: string[]): Promise<Finished> {
    const command = TypedCommand.type(['demo', '--', ...words], { HIE_RUN: folder });
    const finished = await command.finished;
    if (process.platform === 'linux' && finished.code === 0) expect(command.started).toBeGreaterThan(SERVICES);
    await eventually(async () => (command.left.length === 0 ? true : undefined)).catch(() => {
      expect(command.left).toEqual([]);
    });
    return finished;
  }

  const told = (file: string): Told => JSON.parse(readFileSync(file, 'utf8')) as Told;
  const cardOf = ({ answer }: Told, topic: string) =>
    answer.cards.find(({ source }) => source.topic?.code === topic) ?? { summary: '', detail: '', indicator: 'none' };

  it('tells once of a penicillin allergy and of heart medications that two other hospitals hold, with a receipt', async () => {
    const file = join(folder, 'told.json');
    const { code, out, err } = await demo('--once', '--json', file);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });

    const story = told(file);
    expect(story.arrival.hospital).toBe('Mercy General Hospital');
    const severe = cardOf(story, 'severe-allergy');
    expect(severe.indicator).toBe('critical');
    expect(severe.summary).toMatch(/penicillin.*Saint Brigid/i);
    expect(cardOf(story, 'anticoagulants').detail).toMatch(/warfarin[^]*Harborview/i);
    expect(cardOf(story, 'heart-medications').detail).toMatch(/metoprolol[^]*Harborview/i);
    expect(story.verification.verified).toBe(true);
    expect(story.verification.steps.length).toBeGreaterThan(3);
    expect(story.hops.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['query.requested', 'patient.identified', 'disclosure.decided', 'answer.assembled']),
    );
    // What is written was shown.
    for (const { summary } of story.answer.cards) expect(out).toContain(summary);
    for (const { step } of story.verification.steps) expect(out).toContain(`✓ ${step}`);
    // The logs stay, and nothing else of the run.
    expect(readdirSync(join(folder, 'demo'))).toEqual(['logs']);
  }, 300_000);

  const hasBundles = existsSync(SYNTHEA);
  (hasBundles ? it : it.skip)(
    `tells the same of loaded bundles, by what they have${hasBundles ? '' : ' (skipped: no Synthea bundles beside the project)'}`,
    async () => {
      const file = join(folder, 'told.json');
      const { code, err } = await demo('--once', '--bundles', '../shared/data/synthea', '--json', file);
      expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
      const story = told(file);
      const [allergies, medications] = story.arrival.parts;
      expect(new Set([story.arrival.hospital, allergies?.holder, medications?.holder]).size).toBe(3);
      expect(cardOf(story, 'allergies').detail).toContain(allergies?.holder);
      expect(story.answer.cards.some(({ detail }) => detail.includes(medications?.holder ?? '?'))).toBe(true);
      expect(story.verification.verified).toBe(true);
    },
    300_000,
  );

  it.each<[string, string[], Readonly<Record<string, string>>, RegExp]>([
    [
      'the file can not be written',
      ['--once', '--json', '/nowhere/told.json'],
      {},
      /not understood \(--json \/nowhere\/told.json/,
    ],
    ['an option is unknown', ['--twice'], {}, /not understood \(options --once --json --bundles\)/],
    [
      'the folder of bundles is not there',
      ['--once', '--bundles', 'nowhere'],
      {},
      /bundles do not tell the story.*\/nowhere\)/,
    ],
    [
      'a given server is silent',
      ['--once'],
      { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/postgres' },
      /named by the environment does not answer.*\(variable DATABASE_URL\)/,
    ],
  ])(
    'says in one sentence that %s, and ends with 1',
    async (_what, words, environment, sentence) => {
      const command = TypedCommand.type(['demo', '--', ...words], { HIE_RUN: folder, ...environment });
      const { code, err } = await command.finished;
      expect(code).toBe(1);
      expect(err).toMatch(sentence);
      expect(err).not.toMatch(/^ +at /m);
      await eventually(async () => (command.left.length === 0 ? true : undefined));
    },
    120_000,
  );
});
