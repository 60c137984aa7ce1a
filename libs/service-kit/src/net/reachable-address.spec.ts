// ATTACKS D5: where an endpoint may lead.
import { promisify } from 'node:util';

import { reachability } from './reachable-address.js';

const strict = reachability([]);

describe(reachability.name, () => {
  it.each([
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00::1',
    'fe80::1',
  ])('%s is none that may be asked', (address) => {
    expect(strict.isReachable(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1', '::ffff:8.8.8.8'])('%s is', (address) => {
    expect(strict.isReachable(address)).toBe(true);
  });

  it.each([
    ['https://0x7f000001/', false],
    ['https://2130706433/', false],
    ['https://127.1/', false],
    ['https://[::1]/', false],
    ['https://localhost/', false],
    ['https://LOCALHOST./', false],
    ['https://metadata.google.internal/', false],
    ['https://fhir.mercy.example/', true],
  ])('the host of %s: %s', (url, expected) => {
    expect(strict.isHostAllowed(new URL(url).hostname)).toBe(expected);
  });

  it('lets in the networks that the operator names, and no other', () => {
    const local = reachability(['127.0.0.1/32', 'fd12::/16']);
    expect(['127.0.0.1', '127.0.0.2', 'fd12::9', 'fd13::9'].map(local.isReachable)).toEqual([true, false, true, false]);
    expect(local.isHostAllowed('localhost')).toBe(true);
    expect(() => reachability(['everywhere'])).toThrow(RangeError);
  });

  it('looks names up and gives no address that may not be asked, so that none is connected to', async () => {
    const find = promisify(strict.lookup) as (name: string, options: object) => Promise<unknown>;
    await expect(promisify(strict.lookup)('localhost')).rejects.toMatchObject({ code: 'EHIEUNREACHABLE' });
    await expect(find('localhost', {})).rejects.toMatchObject({ code: 'EHIEUNREACHABLE' });
    const local = promisify(reachability(['127.0.0.0/8', '::1']).lookup) as typeof find;
    await expect(local('localhost', { all: true })).resolves.toEqual(expect.arrayContaining([expect.anything()]));
  });
});
