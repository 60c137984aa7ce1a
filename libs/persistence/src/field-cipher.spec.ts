import { createSecretKey } from 'node:crypto';

import fc from 'fast-check';

import { FieldCipher, FieldCipherError } from './field-cipher.js';

const keys = new Map([
  ['mercy', createSecretKey(Buffer.alloc(32, 1))],
  ['st-marys', createSecretKey(Buffer.alloc(32, 2))],
]);
const cipher = new FieldCipher((memberId) => keys.get(memberId));

const code = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof FieldCipherError) return error.code;
    throw error;
  }
  return 'opened';
};

describe(FieldCipher.name, () => {
  it('opens what it sealed, and never seals twice alike', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const sealed = cipher.seal('mercy', 'c', text);
        expect(cipher.open('mercy', 'c', sealed)).toBe(text);
        expect(cipher.seal('mercy', 'c', text)).not.toEqual(sealed);
      }),
    );
  });

  it('does not open a value under another member, in another column, or with a changed byte', () => {
    const sealed = cipher.seal('mercy', 'c', 'Xylophonwood');
    expect(code(() => cipher.open('st-marys', 'c', sealed))).toBe('field-unreadable');
    expect(code(() => cipher.open('mercy', 'd', sealed))).toBe('field-unreadable');
    sealed[15] = (sealed[15] ?? 0) ^ 1;
    expect(code(() => cipher.open('mercy', 'c', sealed))).toBe('field-unreadable');
  });

  it('has nothing to read with once a member’s key is gone', () => {
    expect(code(() => cipher.seal('gone', 'c', 'x'))).toBe('member-key-missing');
  });

  it('looks up by equality within a member, and by nothing across members', () => {
    expect(cipher.blindIndex('mercy', 'MRN1')).toEqual(cipher.blindIndex('mercy', 'MRN1'));
    expect(cipher.blindIndex('mercy', 'MRN1')).not.toEqual(cipher.blindIndex('mercy', 'MRN2'));
    expect(cipher.blindIndex('mercy', 'MRN1')).not.toEqual(cipher.blindIndex('st-marys', 'MRN1'));
  });
});
