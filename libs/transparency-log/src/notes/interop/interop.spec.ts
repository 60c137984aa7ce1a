// Known answers from other people's software. The first note is the example of golang.org/x/mod/sumdb/note; the checkpoint
// in checkpoint-by-go.txt was signed, and cosigned with Ed25519 and ML-DSA-44, by github.com/transparency-dev/formats
// v0.1.1 with the keys below, which were made for this test. `tlogverify` reads what we sign in @hie/tile-storage's tests.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { formatProofFile, parseProofFile } from '../proof-file.js';
import { addSignatures, readCheckpoint } from '../checkpoint.js';
import { cosign } from '../cosignature.js';
import { formatSignerKey, noteSigner, parseSignerKey } from '../note-signer.js';
import { openCheckpoint, signCheckpoint, type Trust } from '../open-checkpoint.js';
import { formatNote, parseNote } from '../signed-note.js';
import { formatVerifierKey, parseVerifierKey } from '../verifier-key.js';

const keys = {
  log: 'PRIVATE+KEY+ledger.example/go+0e67fad3+AUxMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExM',
  logVerifier: 'ledger.example/go+0e67fad3+AZJzCPU9Z2VQPStkwQOrWqRyBqs5UCz+j5hEL9tUMQC3',
  ed25519Verifier: 'witness.example/ed25519+0dc18363+BMhAafoiFsbtwdUsqDqhHCZ91UQK+lJgkMpD69DKhqnP',
  mlDsa: 'PRIVATE+KEY+witness.example/mldsa+524e1e3b+BrJgoEsi4Vg7PLBSBYgh8es8HhTdtoBGiRCPw89Shpzf',
};

describe('the note of Go’s documentation', () => {
  const signer = parseSignerKey('PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz');
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signed = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  it('is signed with the same bytes', async () => {
    const { name, keyId } = signer.key;
    expect(formatNote({ text, signatures: [{ name, keyId, signature: await signer.sign(Buffer.from(text)) }] })).toBe(
      signed,
    );
  });

  it('is read, and written again as it was', () => {
    expect(parseNote(signed).text).toBe(text);
    expect(formatNote(parseNote(Buffer.from(signed)))).toBe(signed);
  });

  it('has the verifier key that Go gives', () => {
    expect(formatVerifierKey(signer.key)).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  });
});

describe('a checkpoint signed and cosigned by Go', () => {
  const raw = readFileSync(new URL('checkpoint-by-go.txt', import.meta.url), 'utf8');
  const mlDsa = parseSignerKey(keys.mlDsa).key;
  const trust: Trust = {
    origin: 'ledger.example/go',
    logKeys: [parseVerifierKey(keys.logVerifier)],
    witnesses: [parseVerifierKey(keys.ed25519Verifier), mlDsa],
    quorum: 2,
  };

  it('is believed', () => {
    const { cosigners, ...checkpoint } = openCheckpoint(raw, trust);
    expect(checkpoint).toMatchObject({
      origin: 'ledger.example/go',
      size: 20_852_163,
      root: Buffer.from('R'.repeat(32)),
    });
    expect(cosigners).toEqual([
      { name: 'witness.example/ed25519', timestampSeconds: 0x6b028c3b },
      { name: 'witness.example/mldsa', timestampSeconds: 0x6b028c3b },
    ]);
  });

  it('is signed by us with the same bytes', async () => {
    const { checkpoint } = readCheckpoint(raw);
    expect(raw.startsWith(await signCheckpoint(checkpoint, parseSignerKey(keys.log)))).toBe(true);
  });

  it('is cosigned by us with the same Ed25519 bytes, at the same time', async () => {
    const ed25519 = noteSigner(
      'witness.example/ed25519',
      'cosignature-ed25519',
      createPrivateKey({
        format: 'jwk',
        key: {
          kty: 'OKP',
          crv: 'Ed25519',
          d: Buffer.from('W'.repeat(32)).toString('base64url'),
          x: Buffer.from(keys.ed25519Verifier.split('+').slice(2).join('+'), 'base64')
            .subarray(1)
            .toString('base64url'),
        },
      }),
    );
    const line = await cosign(readCheckpoint(raw), ed25519, 0x6b028c3b);
    expect(parseNote(raw).signatures[1]).toEqual(line);
  });

  it('takes our ML-DSA-44 cosignature as well as Go’s', async () => {
    const unsigned = formatNote({ ...parseNote(raw), signatures: parseNote(raw).signatures.slice(0, 2) });
    const ours = await cosign(readCheckpoint(raw), parseSignerKey(keys.mlDsa), 7);
    expect(openCheckpoint(addSignatures(unsigned, [ours]), trust).cosigners[1]).toEqual({
      name: mlDsa.name,
      timestampSeconds: 7,
    });
  });

  it('stands in a proof file as Go writes it', () => {
    const path = ['a', 'b'].map((letter) => Buffer.from(letter.repeat(32)));
    const file = formatProofFile({ index: 73_894, path, checkpoint: raw, extra: Buffer.from('extra') });
    expect(file.slice(0, file.indexOf('\n\n'))).toBe(
      [
        'c2sp.org/tlog-proof@v1',
        'extra ZXh0cmE=',
        'index 73894',
        'YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=',
        'YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=',
      ].join('\n'),
    );
    expect(parseProofFile(file)).toEqual({ index: 73_894, path, checkpoint: raw, extra: Buffer.from('extra') });
  });
});

describe('keys', () => {
  it.each([keys.logVerifier, keys.ed25519Verifier])('are read and written as Go writes them: %s', (line) => {
    expect(formatVerifierKey(parseVerifierKey(line))).toBe(line);
  });

  it.each([keys.log, keys.mlDsa])('with which one signs, too: %s', (line) => {
    const seed = Buffer.from(line.split('+').slice(4).join('+'), 'base64').subarray(1);
    const { name, type } = parseSignerKey(line).key;
    const prefix =
      type === 'ed25519' ? '302e020100300506032b657004220420' : '3034020100300b060960864801650304031104228020';
    const privateKey = createPrivateKey({
      format: 'der',
      type: 'pkcs8',
      key: Buffer.concat([Buffer.from(prefix, 'hex'), seed]),
    });
    expect(formatSignerKey(name, type, privateKey)).toBe(line);
  });

  it('of ML-DSA-44 have the key id that Go gives, also when only the public key is known', () => {
    const { key } = parseSignerKey(keys.mlDsa);
    expect(parseVerifierKey(formatVerifierKey(key)).keyId.toString(16)).toBe('524e1e3b');
  });
});
