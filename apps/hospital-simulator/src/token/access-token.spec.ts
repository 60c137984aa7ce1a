import { decodeJwt } from 'jose';

import { allows } from '../fhir-server/scopes.js';
import { accessTokens } from './access-token.js';

describe('access tokens', () => {
  const nowS = 1_800_000_000;

  it('are good for five minutes, also when they were checked before', async () => {
    const tokens = await accessTokens('https://h/fhir');
    const token = await tokens.issue('broker', 'system/Patient.rs', nowS);
    expect(decodeJwt(token)).toMatchObject({ iss: 'https://h/fhir', sub: 'broker', exp: nowS + 300 });
    expect(await tokens.check(token, nowS)).toBeDefined();
    expect(await tokens.check(token, nowS + 299)).toBeDefined();
    expect(await tokens.check(token, nowS + 300)).toBeUndefined();
    expect(await tokens.check(token, nowS + 301)).toBeUndefined();
  });

  it('grant what they say and no more', async () => {
    const tokens = await accessTokens('https://h/fhir');
    const grants = await tokens.check(
      await tokens.issue('broker', 'system/Patient.r system/Device.rs openid', nowS),
      nowS,
    );
    const asked = [
      ['Patient', 'read'],
      ['Patient', 'search'],
      ['Device', 'search'],
      ['Condition', 'read'],
    ] as const;
    expect(asked.map(([type, what]) => allows(grants!, type, what))).toEqual([true, false, true, false]);
  });

  it('are another member’s nothing', async () => {
    const [one, other] = [await accessTokens('https://h/fhir'), await accessTokens('https://h/fhir')];
    expect(await other.check(await one.issue('broker', 'system/*.rs', nowS), nowS)).toBeUndefined();
  });
});
