// What may not pass: each row breaks one rule of signed-note, tlog-checkpoint, tlog-cosignature or tlog-proof.
import fc from 'fast-check';
import { generateKeyPairSync } from 'node:crypto';

import { TransparencyLogError } from '../failure.js';
import { leafHash, nodeHash } from '../merkle/hash.js';
import { addSignatures, type Checkpoint, formatCheckpoint, parseCheckpoint, readCheckpoint } from './checkpoint.js';
import { cosign } from './cosignature.js';
import { noteSigner, parseSignerKey } from './note-signer.js';
import { openCheckpoint, signCheckpoint, type Trust } from './open-checkpoint.js';
import { formatProofFile, openProofFile, parseProofFile } from './proof-file.js';
import { formatNote, formatSignatureLine, isKeyName, parseNote } from './signed-note.js';
import { formatVerifierKey, type KeyType, parseVerifierKey, verifierKey } from './verifier-key.js';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (failure) {
    return failure instanceof TransparencyLogError ? failure.code : String(failure);
  }
};

const origin = 'ledger.example/log';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const ed25519 = noteSigner('w1.example', 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
const mlDsa = noteSigner('w2.example', 'cosignature-ml-dsa-44', generateKeyPairSync('ml-dsa-44').privateKey);
const entries = ['a', 'b', 'c'].map((text) => leafHash(Buffer.from(text))) as [Uint8Array, Uint8Array, Uint8Array];
const root = nodeHash(nodeHash(entries[0], entries[1]), entries[2]);
const checkpoint: Checkpoint = { origin, size: 3, root, extensions: [] };
const raw = await signCheckpoint(checkpoint, signer);
const rootLine = Buffer.from(root).toString('base64');
const line = formatSignatureLine(parseNote(raw).signatures[0]!);
const trust: Trust = { origin, logKeys: [signer.key], witnesses: [ed25519.key, mlDsa.key] };

describe('a note', () => {
  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['no signature', 'text\n\n'],
    ['no blank line', `text\n${line}`],
    ['no newline at the end', `text\n\n${line.trimEnd()}`],
    ['a control character', `te\txt\n\n${line}`],
    ['a carriage return', `text\r\n\n${line}`],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.of(0xff, 0x0a, 0x0a), Buffer.from(line)])],
    ['a hyphen for the dash', `text\n\n${line.replace('—', '-')}`],
    ['two spaces', `text\n\n${line.replace('— ', '—  ')}`],
    ['a plus in the name', `text\n\n${line.replace('.example', '+example')}`],
    ['base64 without its padding', `text\n\n${line.replace('=\n', '\n')}`],
    ['only a key id', 'text\n\n— a.example AAAAAA==\n'],
    ['65 signatures', `text\n\n${line.repeat(65)}`],
    ['more than 256 KiB', `${'x'.repeat(256 * 1024)}\n\n${line}`],
  ])('with %s is malformed', (_what, note) => {
    expect(codeOf(() => parseNote(note))).toBe('note-malformed');
  });

  it('is divided at its last blank line', () => {
    expect(parseNote(`one\n\ntwo\n\n${line}${line}`)).toMatchObject({ text: 'one\n\ntwo\n', signatures: [{}, {}] });
  });

  it('is written as it is read', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isKeyName);
    const signature = fc.record({
      name,
      keyId: fc.nat(0xffffffff),
      signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    });
    const text = fc.string().map((some) => `${some.replace(/[\u0000-\u001f]/g, '')}\n`);
    fc.assert(
      fc.property(text, fc.array(signature, { minLength: 1, maxLength: 20 }), (body, signatures) => {
        const note = formatNote({ text: body, signatures });
        expect(formatNote(parseNote(note))).toBe(note);
        expect(parseNote(note).signatures.map(({ keyId }) => keyId)).toEqual(signatures.map(({ keyId }) => keyId));
      }),
    );
  });

  it('never throws anything but a malformed note', () => {
    fc.assert(
      fc.property(fc.string(), (some) => ['accepted', 'note-malformed'].includes(codeOf(() => parseNote(some)))),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (some) => ['accepted', 'note-malformed'].includes(codeOf(() => parseNote(some)))),
    );
  });
});

describe('the text of a checkpoint', () => {
  it.each([
    ['two lines', `${origin}\n3\n`],
    ['an empty origin', `\n3\n${rootLine}\n`],
    ['a leading zero', `${origin}\n03\n${rootLine}\n`],
    ['a sign', `${origin}\n+3\n${rootLine}\n`],
    ['a size above 2^53 - 1', `${origin}\n9007199254740992\n${rootLine}\n`],
    ['a short root', `${origin}\n3\n${Buffer.alloc(31).toString('base64')}\n`],
    ['a root in another spelling', `${origin}\n3\n${rootLine.replace(/.=$/, '')}\n`],
    ['an empty extension line', `${origin}\n3\n${rootLine}\n\nmore\n`],
    ['no newline at the end', `${origin}\n3\n${rootLine}`],
  ])('with %s is malformed', (_what, text) => {
    expect(codeOf(() => parseCheckpoint(text))).toBe('checkpoint-malformed');
  });

  it('is written as it is read, with extension lines', () => {
    const text = `${origin}\n9007199254740991\n${rootLine}\nmore\n`;
    expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
  });
});

describe('a signed checkpoint', () => {
  const edited = (edit: (text: string) => string) => edit(raw);
  const withSignature = (change: (signature: Uint8Array) => Uint8Array) => {
    const { text, signatures } = parseNote(raw);
    return formatNote({ text, signatures: signatures.map((one) => ({ ...one, signature: change(one.signature) })) });
  };

  it.each([
    ['another size', edited((text) => text.replace('\n3\n', '\n4\n')), 'signature-invalid'],
    ['an extension line', edited((text) => text.replace(`${rootLine}\n`, `${rootLine}\nmore\n`)), 'signature-invalid'],
    ['another origin', edited((text) => text.replace(origin, 'ledger.example/other')), 'origin-differs'],
    ['a flipped signature', withSignature((bytes) => Buffer.from(bytes).fill(0, 0, 1)), 'signature-invalid'],
    ['a short signature', withSignature((bytes) => bytes.subarray(1)), 'signature-invalid'],
    ['a signature of zeros', withSignature(() => new Uint8Array(64)), 'signature-invalid'],
    ['another name', edited((text) => text.replace('— ledger', '— ladger')), 'log-signature-missing'],
  ])('with %s is refused', (_what, note, code) => {
    expect(codeOf(() => openCheckpoint(note, trust))).toBe(code);
  });

  it('is refused under another key of the same name', () => {
    const other = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
    expect(codeOf(() => openCheckpoint(raw, { origin, logKeys: [other.key] }))).toBe('log-signature-missing');
    expect(codeOf(() => openCheckpoint(raw, { origin, logKeys: [other.key, signer.key] }))).toBe('accepted');
    expect(codeOf(() => openCheckpoint(raw, { origin, logKeys: [] }))).toBe('log-signature-missing');
  });

  it('passes over signatures of keys that nobody knows, and over those it already carries', async () => {
    const stranger = await cosign(readCheckpoint(raw), { ...ed25519, key: { ...ed25519.key, keyId: 1 } }, 5);
    const twice = addSignatures(addSignatures(raw, [stranger]), [stranger]);
    expect(parseNote(twice).signatures).toHaveLength(2);
    expect(openCheckpoint(twice, trust).cosigners).toEqual([]);
  });

  it('is signed with a note key only', async () => {
    await expect(signCheckpoint(checkpoint, ed25519)).rejects.toThrow(RangeError);
    await expect(cosign(readCheckpoint(raw), signer, 5)).rejects.toThrow(RangeError);
  });
});

describe.each([ed25519, mlDsa])('a cosignature of $key.type', (witness) => {
  const cosigned = (timestampSeconds: number) =>
    cosign(readCheckpoint(raw), witness, timestampSeconds).then((one) => addSignatures(raw, [one]));

  it('counts towards the quorum, with its time', async () => {
    const { cosigners } = openCheckpoint(await cosigned(1_700_000_000), { ...trust, quorum: 1 });
    expect(cosigners).toEqual([{ name: witness.key.name, timestampSeconds: 1_700_000_000 }]);
  });

  it('counts once, however often it is there, and its name counts once under two keys', async () => {
    const { name, type } = witness.key;
    const { privateKey } =
      type === 'cosignature-ed25519' ? generateKeyPairSync('ml-dsa-44') : generateKeyPairSync('ed25519');
    const alias = noteSigner(
      name,
      type === 'cosignature-ed25519' ? 'cosignature-ml-dsa-44' : 'cosignature-ed25519',
      privateKey,
    );
    const both = addSignatures(await cosigned(5), [await cosign(readCheckpoint(raw), alias, 5)]);
    const greedy = { ...trust, witnesses: [witness.key, alias.key], quorum: 2 };
    expect(codeOf(() => openCheckpoint(both, greedy))).toBe('quorum-missing');
  });

  it('is void when its time, or any byte of it, is changed', async () => {
    const note = parseNote(await cosigned(5));
    for (const at of [7, 8, 40, note.signatures[1]!.signature.length - 1]) {
      const signature = Buffer.from(note.signatures[1]!.signature);
      signature[at]! ^= 1;
      const changed = formatNote({ ...note, signatures: [note.signatures[0]!, { ...note.signatures[1]!, signature }] });
      expect(codeOf(() => openCheckpoint(changed, trust))).toBe('signature-invalid');
    }
    const short = formatNote({
      ...note,
      signatures: [note.signatures[0]!, { ...note.signatures[1]!, signature: Buffer.alloc(8) }],
    });
    expect(codeOf(() => openCheckpoint(short, trust))).toBe('signature-invalid');
  });

  it('is void under another checkpoint', async () => {
    const other = await signCheckpoint({ ...checkpoint, size: 4 }, signer);
    const moved = addSignatures(other, [await cosign(readCheckpoint(raw), witness, 5)]);
    expect(codeOf(() => openCheckpoint(moved, trust))).toBe('signature-invalid');
  });
});

it('says that an ML-DSA-44 cosignature is bound to its witness’s name, which an Ed25519 one is not', async () => {
  const renamed = async (witness: typeof ed25519) => {
    const other = { ...witness, key: verifierKey('other.example', witness.key.type, witness.key.publicKey) };
    const borrowed = {
      ...(await cosign(readCheckpoint(raw), witness, 5)),
      name: other.key.name,
      keyId: other.key.keyId,
    };
    return codeOf(() =>
      openCheckpoint(addSignatures(raw, [borrowed]), { ...trust, witnesses: [other.key], quorum: 1 }),
    );
  };
  expect(await renamed(mlDsa)).toBe('signature-invalid');
  expect(await renamed(ed25519)).toBe('accepted');
});

describe('a verifier key', () => {
  const good = formatVerifierKey(signer.key);
  const of = (name: string, id: string, bytes: Uint8Array) => `${name}+${id}+${Buffer.from(bytes).toString('base64')}`;

  it.each<[KeyType, typeof ed25519]>([
    ['ed25519', signer],
    ['cosignature-ed25519', ed25519],
    ['cosignature-ml-dsa-44', mlDsa],
  ])('of type %s is read as it is written', (type, { key }) => {
    const again = parseVerifierKey(`${formatVerifierKey(key)}\n`);
    expect(again).toMatchObject({ name: key.name, type, keyId: key.keyId });
    expect(again.publicKey.equals(key.publicKey)).toBe(true);
  });

  it.each([
    ['nothing', '', 'key-malformed'],
    ['another id', good.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), 'key-malformed'],
    ['another name', good.replace('ledger', 'ladger'), 'key-malformed'],
    ['no name', good.slice(good.indexOf('+')), 'key-malformed'],
    ['a space in the name', `a ${good}`, 'key-malformed'],
    ['an ECDSA type', of('a.example', '00000000', Buffer.alloc(33, 2)), 'key-unsupported'],
    ['a short key', of('a.example', '00000000', Buffer.alloc(32, 1)), 'key-malformed'],
    ['a key that is not base64', 'a.example+00000000+***', 'key-malformed'],
  ])('with %s is refused', (_what, key, code) => {
    expect(codeOf(() => parseVerifierKey(key))).toBe(code);
  });

  it('and a signer key of the wrong algorithm or a damaged one are refused', () => {
    expect(codeOf(() => verifierKey('a.example', 'ed25519', mlDsa.key.publicKey))).toBe('key-malformed');
    expect(
      codeOf(() => parseSignerKey('PRIVATE+KEY+a.example+00000000+AUxMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExM')),
    ).toBe('key-malformed');
    expect(codeOf(() => parseSignerKey(good))).toBe('key-malformed');
  });
});

describe('a proof file', () => {
  const file = formatProofFile({ index: 2, path: [nodeHash(entries[0], entries[1])], checkpoint: raw });
  const cut = (from: string, to: string) => file.replace(from, to);

  it('proves that its entry is in the log', () => {
    expect(openProofFile(file, entries[2], trust)).toMatchObject({
      index: 2,
      leafHash: entries[2],
      checkpoint: { size: 3 },
    });
    const first = formatProofFile({ index: 0, path: [entries[1], entries[2]], checkpoint: raw, extra: Buffer.of(0) });
    expect(openProofFile(first, entries[0], trust).index).toBe(0);
  });

  it('does not prove another entry or index, nor an entry under a checkpoint it is not in', async () => {
    expect(codeOf(() => openProofFile(file, entries[1], trust))).toBe('inclusion-unproven');
    expect(codeOf(() => openProofFile(cut('index 2', 'index 1'), entries[2], trust))).toBe('inclusion-unproven');
    expect(codeOf(() => openProofFile(cut('index 2', 'index 3'), entries[2], trust))).toBe('inclusion-unproven');
    const other = await signCheckpoint({ ...checkpoint, root: entries[0] }, signer);
    expect(codeOf(() => openProofFile(file.replace(raw, other), entries[2], trust))).toBe('inclusion-unproven');
    expect(codeOf(() => openProofFile(cut('\n3\n', '\n4\n'), entries[2], trust))).toBe('signature-invalid');
  });

  it.each([
    ['another version', cut('proof@v1', 'proof@v2')],
    ['no index', cut('index 2\n', '')],
    ['a leading zero', cut('index 2', 'index 02')],
    ['extra data that is not base64', cut('index 2', 'extra ?\nindex 2')],
    ['a short hash', cut('index 2\n', `index 2\n${Buffer.alloc(31).toString('base64')}\n`)],
    ['64 hashes', cut('index 2\n', `index 2\n${`${rootLine}\n`.repeat(63)}`)],
    ['no checkpoint', file.slice(0, file.indexOf('\n\n'))],
  ])('with %s is malformed', (_what, text) => {
    expect(codeOf(() => parseProofFile(text))).toBe('proof-malformed');
  });
});
