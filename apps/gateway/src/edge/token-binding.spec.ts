// ATTACKS A22, A23.
import { createHash } from 'node:crypto';

import { bindingOf, checkCertificate } from './token-binding.js';

const raw = Buffer.from('a certificate');
const thumbprint = createHash('sha256').update(raw).digest('base64url');

describe('bindingOf', () => {
  it.each([
    ['a key', { jkt: 'k' }, { by: 'dpop', thumbprint: 'k' }],
    ['a certificate', { 'x5t#S256': 'c' }, { by: 'certificate', thumbprint: 'c' }],
    ['nothing', {}, undefined],
    ['nothing at all', undefined, undefined],
  ])('reads %s', (_name, cnf, binding) => {
    expect(bindingOf(cnf)).toEqual(binding);
  });

  it('refuses one that is bound to both', () => {
    expect(() => bindingOf({ jkt: 'k', 'x5t#S256': 'c' })).toThrow('token-type');
  });
});

describe('checkCertificate', () => {
  it('takes the very certificate', () => {
    expect(() => checkCertificate({ raw }, thumbprint)).not.toThrow();
  });

  it.each([
    ['none', undefined, 'certificate-missing'],
    ['another', { raw: Buffer.from('another') }, 'certificate-mismatch'],
  ])('refuses %s', (_name, presented, code) => {
    expect(() => checkCertificate(presented, thumbprint)).toThrow(code);
  });
});
