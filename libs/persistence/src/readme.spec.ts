// The example of the README is the code between the marks below, and is run.
import { createSecretKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { FieldCipher, FieldCipherError } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

it('runs the example of the README', () => {
  // example
  const keys = new Map([['st-marys', createSecretKey(randomBytes(32))]]);
  const cipher = new FieldCipher((memberId) => keys.get(memberId));

  const sealed = cipher.seal('st-marys', 'source_record.content', '{"family":"Example"}');
  cipher.open('st-marys', 'source_record.content', sealed); // the text again
  cipher.blindIndex('st-marys', 'urn:oid:2.999.1|SM-1'); // found by equality, read by nobody

  keys.delete('st-marys'); // the key destroyed: nothing of this member opens any more
  // end
  expect(() => cipher.open('st-marys', 'source_record.content', sealed)).toThrow(FieldCipherError);
  keys.set('st-marys', createSecretKey(randomBytes(32)));
  expect(() => cipher.open('st-marys', 'source_record.content', sealed)).toThrow('field-unreadable');
});

it('opens what it sealed, in its own column alone', () => {
  const key = createSecretKey(randomBytes(32));
  const cipher = new FieldCipher(() => key);
  const sealed = cipher.seal('st-marys', 'source_record.content', 'a text');
  expect(cipher.open('st-marys', 'source_record.content', sealed)).toBe('a text');
  expect(() => cipher.open('st-marys', 'pointer.local', sealed)).toThrow('field-unreadable');
});

it('shows the code that is run', () => {
  const [, code = ''] = /\/\/ example\n([\s\S]*?)\n\s*\/\/ end/.exec(read('./readme.spec.ts')) ?? [];
  expect(code).not.toBe('');
  expect(lines(read('../README.md')).join('\n')).toContain(lines(code).join('\n'));
});
