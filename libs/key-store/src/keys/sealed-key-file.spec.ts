import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readSealed, secretFileSeal, writeSealed } from './sealed-key-file.js';

describe('a sealed key file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hie-sealed-'));
  const secretAt = (name: string, bytes = 32): string => {
    const path = join(folder, name);
    writeFileSync(path, `${randomBytes(bytes).toString('base64url')}\n`, { mode: 0o600 });
    return path;
  };
  const path = secretAt('secret');
  const seal = secretFileSeal(path);
  const text = JSON.stringify({ master: 'bWFzdGVy', seal: { d: 'cHJpdmF0ZQ' } });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('opens as what it was, and shows nothing of it', () => {
    const sealed = writeSealed(text, 'gateway', seal);
    expect(readSealed(sealed, 'gateway', seal)).toBe(text);
    const shown = Buffer.from((JSON.parse(sealed) as { sealed: string }).sealed, 'base64url').toString('latin1');
    expect(shown + sealed).not.toMatch(/bWFzdGVy|cHJpdmF0ZQ|master/);
    expect(writeSealed(text, 'gateway', seal)).not.toBe(sealed);
  });

  it('does not open under another secret, for another service, or changed', () => {
    const sealed = writeSealed(text, 'gateway', seal);
    expect(() => readSealed(sealed, 'gateway', secretFileSeal(secretAt('another')))).toThrow();
    expect(() => readSealed(sealed, 'consent', seal)).toThrow();
    const bytes = Buffer.from((JSON.parse(sealed) as { sealed: string }).sealed, 'base64url');
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    expect(() => readSealed(JSON.stringify({ sealed: bytes.toString('base64url') }), 'gateway', seal)).toThrow();
  });

  it('is not passed over: in the clear where it should be sealed, or sealed where nothing opens it', () => {
    expect(() => readSealed(text, 'gateway', seal)).toThrow('sealed exactly where');
    expect(() => readSealed(writeSealed(text, 'gateway', seal), 'gateway', undefined)).toThrow('sealed exactly where');
    expect(readSealed(text, 'gateway', undefined)).toBe(text);
  });

  it('takes no secret that others may read, or that is too short', () => {
    const short = secretAt('short', 16);
    expect(() => secretFileSeal(short)).toThrow('32 bytes');
    chmodSync(path, 0o640);
    expect(() => secretFileSeal(path)).toThrow('its owner alone');
  });
});
