import { type AuditEvent, auditEventSchema } from '@hie/contracts';
import { bindingOf, detailsDigestOf, voucherOf } from '@hie/ledger-entry';
import { testClaims, testExchangeKeys } from '@hie/testing-kit';

import { AuditWriter, type MessageWriter } from './index.js';

const keyring = testExchangeKeys().keyringOf('consent');

async function told(circumstances: Parameters<AuditWriter['write']>[1]): Promise<AuditEvent> {
  let event: unknown;
  const writer = { write: (_type: unknown, body: unknown) => Promise.resolve((event = body)) };
  const audit = new AuditWriter('consent', writer as unknown as MessageWriter, () => keyring.sealingKey());
  await audit.write({ action: 'disclosure.decided', outcome: 'success' }, circumstances);
  return auditEventSchema.parse(event);
}

describe('an entry of a transaction', () => {
  const asker = { memberId: 'mercy', clientId: 'mercy-emr' };

  it.each(['203.0.113.9', '2001:db8::1'])('says at every hop that it was asked for from %s', async (address) => {
    const claims = testClaims('{}', { rctx: { req_ip: address } });
    expect((await told({ claims })).requester).toEqual({ ...asker, address });
  });

  it('says nothing of where from when the token does not', async () => {
    expect((await told({ claims: testClaims('{}') })).requester).toEqual(asker);
  });

  it('takes no address that is none', async () => {
    for (const req_ip of ['', 'localhost', '203.0.113.9, 198.51.100.1', '203.0.113.9:443']) {
      await expect(told({ claims: testClaims('{}', { rctx: { req_ip } }) })).rejects.toThrow('address');
    }
  });
});

it('is told of a request turned away at a door, which has an address and no transaction', async () => {
  expect(await told({ requester: { address: '203.0.113.9' } })).toMatchObject({
    requester: { address: '203.0.113.9' },
  });
});

it('has the service’s word on it, under a salt of its own', async () => {
  const [one, other] = [await told({}), await told({})];
  const { vouched, personId, receiptWanted: _wanted, ...event } = one;
  const binding = bindingOf(vouched?.salt ?? '', personId);
  const detailsDigest = detailsDigestOf(binding, event.details);
  const entry = { ...event, sealedBy: 'consent', binding, detailsDigest, signature: vouched?.signature };
  expect(voucherOf(entry, keyring.sealKeys())).toBe('consent');
  expect(vouched?.salt).toHaveLength(22);
  expect(other.vouched?.salt).not.toBe(vouched?.salt);
});
