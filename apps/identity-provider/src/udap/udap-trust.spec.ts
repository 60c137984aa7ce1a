import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TestAuthority } from '@hie/testing-kit';

import { UdapTrust } from './udap-trust.js';

const root = await TestAuthority.root('Community');
const folder = mkdtempSync(join(tmpdir(), 'udap-trust-'));
const path = join(folder, 'trust.json');
afterAll(() => rmSync(folder, { recursive: true }));

const errors: unknown[] = [];
const logger = { error: (fields: unknown) => errors.push(fields) } as never;
let at = 1_700_000_000;
/** Each change is a second later, whatever the file system's clock can tell apart. */
function write(text: string): void {
  writeFileSync(path, text);
  utimesSync(path, at, (at += 1));
}
const listing = (...members: object[]) => JSON.stringify({ anchors: [root.cert], revocationLists: [], members });

describe('UdapTrust', () => {
  it('is none where none is configured', () => {
    expect(new UdapTrust({ UDAP_TRUST: undefined }, logger).current()).toBeUndefined();
  });

  it('says whose a system is, as the file says now', () => {
    const trust = new UdapTrust({ UDAP_TRUST: path }, logger);
    write(listing({ uri: 'https://emr.mercy.example', memberId: 'mercy' }));
    expect(trust.current()?.memberOf('https://emr.mercy.example')).toBe('mercy');
    expect(trust.current()?.memberOf('https://emr.mercy.example/')).toBeUndefined();
    expect(trust.current()?.anchors).toHaveLength(1);
    write(listing());
    expect(trust.current()?.memberOf('https://emr.mercy.example')).toBeUndefined();
  });

  it('trusts nobody while the file can not be read, and says so', () => {
    const trust = new UdapTrust({ UDAP_TRUST: path }, logger);
    write(listing());
    expect(trust.current()).toBeDefined();
    write('{"anchors": [');
    expect(trust.current()).toBeUndefined();
    expect(trust.current()).toBeUndefined();
    rmSync(path);
    expect(trust.current()).toBeUndefined();
    expect(errors.length).toBeGreaterThan(1);
    write(listing());
    expect(trust.current()).toBeDefined();
  });
});
