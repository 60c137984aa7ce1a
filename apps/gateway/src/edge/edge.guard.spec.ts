import { TrustError } from '@hie/purpose-of-use';

import { OutcomeError } from '../http/outcome-error.js';
import { EdgeGuard } from './edge.guard.js';

const guard = new EdgeGuard({} as never, {} as never, {} as never, {} as never);
const verdict = (error: unknown, user: object | false, info?: unknown): unknown => {
  try {
    return guard.handleRequest(error, user, info);
  } catch (thrown) {
    return thrown;
  }
};

describe(EdgeGuard.name, () => {
  it('lets a caller in whom Passport has found', () => {
    const user = {};
    expect(verdict(null, user)).toBe(user);
  });

  it('accuses nobody whose key could not be looked for', () => {
    const unavailable = new OutcomeError('service-unavailable');
    expect(verdict(null, false, unavailable)).toBe(unavailable);
    expect(verdict(unavailable, false)).toBe(unavailable);
  });

  it.each([
    [new TrustError('token-issuer', 'nothing'), 'token-issuer'],
    [new Error('No auth token'), 'header-missing'],
    [Object.assign(new Error('jwt expired'), { name: 'TokenExpiredError' }), 'token-expired'],
    [Object.assign(new Error('jwt not active'), { name: 'NotBeforeError' }), 'token-not-yet-valid'],
    [Object.assign(new Error('jwt audience invalid. expected: x'), { name: 'JsonWebTokenError' }), 'token-audience'],
    // What the signature's own library makes of one that is too short.
    [new TypeError('"ES256" signatures must be "64" bytes, saw "3"'), 'token-signature-invalid'],
  ])('%s is %s', (info, code) => {
    expect(verdict(null, false, info)).toMatchObject({ name: 'TrustError', code });
  });
});
