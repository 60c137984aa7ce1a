import type { AuditTrail } from '@hie/messaging';
import { TrustError } from '@hie/purpose-of-use';
import type { PinoLogger } from 'nestjs-pino';

import { DoorRefusals } from './door-refusals.js';
import { Refusal } from './problem.filter.js';
import type { ForwardedRequest } from './transaction-token.guard.js';

const requestOf = (over: object = {}) =>
  ({
    routeOptions: { url: '/members' },
    raw: {
      socket: {
        ...{ authorized: true, remoteAddress: '::ffff:192.0.2.7' },
        getPeerCertificate: () => ({ subject: { CN: 'consent' } }),
      },
    },
    ...over,
  }) as unknown as ForwardedRequest;

function setup(record: () => Promise<void> = () => Promise.resolve()) {
  const told: unknown[][] = [];
  const logged: unknown[][] = [];
  const trail = { record: (...entry: unknown[]) => (told.push(entry), record()) };
  const logger = { error: (...line: unknown[]) => logged.push(line) };
  const refusals = new DoorRefusals(trail as unknown as AuditTrail, logger as unknown as PinoLogger);
  return { refusals, told, logged };
}

describe(DoorRefusals.name, () => {
  it('tells why, at which route, whose certificate it was, and from where', () => {
    const { refusals, told } = setup();
    refusals.note(new TrustError('producer-not-allowed', 'nothing'), requestOf());
    const details = { route: '/members', outcome: 'producer-not-allowed', peer: 'consent' };
    const reason = 'producer-not-allowed';
    const from = { requester: { address: '192.0.2.7' } };
    expect(told).toEqual([[{ action: 'request.refused', outcome: 'refused', reason, details }, from]]);
  });

  it('tells who asked once a token has said so, which says from where too', () => {
    const { refusals, told } = setup();
    const claims = { sub: 'a-client' };
    refusals.note(new TrustError('purpose-not-served', 'authority'), requestOf({ claims }));
    expect(told).toEqual([[expect.objectContaining({ reason: 'purpose-not-served' }), { claims }]]);
  });

  it('names no peer that nobody vouches for, and no address once it has hung up', () => {
    const { refusals, told } = setup();
    refusals.note(new TrustError('header-missing', 'nothing'), requestOf({ raw: { socket: {} } }));
    const details = { route: '/members', outcome: 'header-missing' };
    expect(told).toEqual([[expect.objectContaining({ details }), { requester: {} }]]);
  });

  it('leaves to the gateway what the owner decided', () => {
    const { refusals, told } = setup();
    refusals.note(new Refusal('own-access', 403), requestOf());
    refusals.note(new Error('a defect'), requestOf());
    expect(told).toEqual([]);
  });

  it('does not become a flood', () => {
    const { refusals, told } = setup();
    for (let each = 0; each < 50; each += 1) refusals.note(new TrustError('header-missing', 'nothing'), requestOf());
    // Twice the limit where a second ended between two of them.
    expect(told.length).toBeLessThanOrEqual(20);
  });

  it('logs what the ledger could not be told', async () => {
    const failure = new Error('no database');
    const { refusals, logged } = setup(() => Promise.reject(failure));
    refusals.note(new TrustError('header-missing', 'nothing'), requestOf());
    await new Promise(setImmediate);
    expect(logged).toEqual([[{ err: failure }, 'refusal not recorded']]);
  });
});
