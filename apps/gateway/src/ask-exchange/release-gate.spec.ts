import { setTimeout as delay } from 'node:timers/promises';

import type { Answer, AuditReceipt } from '@hie/contracts';
import type { ExchangeServer } from '@hie/messaging';
import { MemberDirectory, PersonStandings, type PinoLogger } from '@hie/service-kit';

import type { GatewayConfig } from '../gateway.config.js';
import type { ReleasedStage } from './pending-query.js';
import { ReleaseGate } from './release-gate.js';

const vera = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const stage = (over: Partial<ReleasedStage> = {}): ReleasedStage => ({
  answer: { outcome: 'answered' } as Answer,
  digest: 'd',
  more: false,
  receipt: {} as AuditReceipt,
  basis: { consentEpochs: { [vera]: 1 }, members: ['harbor'] },
  ...over,
});

function setup(readToEnd: () => Promise<number> = () => Promise.resolve(performance.now())) {
  const standings = new PersonStandings();
  const directory = new MemberDirectory();
  const members = (status: 'active' | 'suspended', memberId: string, version = 1) =>
    directory.apply({ memberId, version, status, clients: [], identifierSystems: [] } as never);
  members('active', 'mercy');
  members('active', 'harbor');
  const looks: number[] = [];
  const server = { readToEnd: () => (looks.push(1), readToEnd()) } as unknown as ExchangeServer;
  const logger = { warn: () => undefined } as unknown as PinoLogger;
  const config = { RELEASE_PROOF_MS: 1_000 } as GatewayConfig;
  const gate = new ReleaseGate(server, standings, directory, logger, config);
  return { gate, standings, members, looks };
}
const by = { memberId: 'mercy' };

describe(ReleaseGate.name, () => {
  it('lets out what was decided under the newest word', () => {
    const { gate, standings } = setup();
    standings.applyConsent({ personId: vera, epoch: 1 });
    expect(gate.judge(stage(), by)).toBeUndefined();
  });

  it('B8: keeps back what was decided before the patient’s word changed', () => {
    const { gate, standings } = setup();
    standings.applyConsent({ personId: vera, epoch: 2 });
    expect(gate.judge(stage(), by)).toBe('consent-changed');
  });

  it('B12: keeps back what was decided under a word that has ended', () => {
    const { gate } = setup();
    const basis = { consentEpochs: {}, members: [], until: Date.now() - 1 };
    expect(gate.judge(stage({ basis }), by)).toBe('decision-expired');
  });

  it('keeps back what says not what it was decided on', () => {
    expect(setup().gate.judge(stage({ basis: undefined }), by)).toBe('basis-missing');
  });

  it('keeps back what a suspended member asked for, or what one has disclosed', () => {
    const { gate, members } = setup();
    members('suspended', 'harbor', 2);
    expect(gate.judge(stage(), by)).toBe('member-suspended');
    members('suspended', 'mercy', 2);
    expect(gate.judge(stage(), by)).toBe('requester-suspended');
  });

  it('has nothing against an answer that discloses nothing', () => {
    const { gate, standings } = setup();
    standings.applyConsent({ personId: vera, epoch: 2 });
    const answer = { outcome: 'not-disclosed' } as Answer;
    expect(gate.judge(stage({ answer, basis: undefined }), by)).toBeUndefined();
  });

  it('knows nothing before its first look, and looks once for all who wait', async () => {
    const { gate, looks } = setup();
    expect(gate.isFresh).toBe(false);
    await expect(Promise.all([1, 2, 3].map(() => gate.whenFresh(Date.now() + 5_000)))).resolves.toEqual([
      true,
      true,
      true,
    ]);
    expect(looks).toHaveLength(1);
    gate.prepare();
    expect(looks).toHaveLength(1);
  });

  it('believes no look that began too long ago, and asks again until one did not', async () => {
    const begun = [-5_000, -2_000, 0];
    const { gate, looks } = setup(() => Promise.resolve(performance.now() + (begun.shift() ?? 0)));
    await expect(gate.whenFresh(Date.now() + 5_000)).resolves.toBe(true);
    expect(looks).toHaveLength(3);
  });

  it('lets nothing out while Kafka can not be asked', async () => {
    const failing = setup(() => Promise.reject(new Error('away')));
    await expect(failing.gate.whenFresh(Date.now() + 20)).resolves.toBe(false);
    const silent = setup(() => delay(60_000, 0, { ref: false }));
    await expect(silent.gate.whenFresh(Date.now() + 20)).resolves.toBe(false);
  });
});
