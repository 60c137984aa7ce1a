import { createHash, createSecretKey, randomBytes, randomUUID } from 'node:crypto';

import fc from 'fast-check';

import {
  type LedgerEntry,
  formatLeaf,
  isCommittedTo,
  oneEntryKeys,
  openAsPatient,
  openDetails,
  openHead,
  openOne,
  openingOf,
  parseLeaf,
  sealEntry,
} from './index.js';

const ledger = createSecretKey(Buffer.alloc(32, 1));
const patient = createSecretKey(Buffer.alloc(32, 2));
const other = createSecretKey(Buffer.alloc(32, 3));
const digest = createHash('sha256').update('an answer').digest('base64url');

const disclosed: LedgerEntry = {
  eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
  txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
  service: 'document-query',
  action: 'answer.assembled',
  outcome: 'success',
  purpose: 'ETREAT',
  requester: { memberId: 'mercy-general', clientId: 'mercy-general-emr' },
  patient: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
  digest,
  details: { stage: 'complete', candidates: 1, members: ['st-anne', 'lakeside'] },
  seals: [digest],
  sealedBy: 'document-query',
  at: '2026-01-01T00:00:00.000Z',
};
const { patient: _nobody, digest: _none, details: _nothing, ...refusal } = disclosed;
const refused: LedgerEntry = { ...refusal, outcome: 'empty', reason: 'not-identified' };

const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('sealEntry', () => {
  const leaf = sealEntry(disclosed, { ledger, patient }, randomBytes);

  it('is opened by the ledger’s key to the head, and by the patient’s too to the details', () => {
    const { details, ...head } = disclosed;
    expect(openHead(leaf, ledger)).toEqual(head);
    expect(openDetails(leaf, { ledger, patient })).toEqual(details);
  });

  it('keeps the details from the ledger’s key alone, and everything from another’s', () => {
    expect(code(() => openDetails(leaf, { ledger }))).toBe('entry-unreadable');
    expect(code(() => openDetails(leaf, { ledger, patient: other }))).toBe('entry-unreadable');
    expect(code(() => openHead(leaf, other))).toBe('entry-unreadable');
  });

  it('is opened whole by the patient’s key alone, and not by another patient’s', () => {
    expect(openAsPatient(leaf, patient)).toEqual(disclosed);
    expect(openAsPatient(leaf, other)).toBeUndefined();
  });

  it('is opened by what is handed along with it, which opens no other, and says when its details are gone', () => {
    const keys = oneEntryKeys(disclosed.eventId, { ledger, patient });
    expect(openOne(leaf, keys)).toEqual(disclosed);
    const another = sealEntry({ ...disclosed, eventId: randomUUID() }, { ledger, patient }, randomBytes);
    expect(code(() => openOne(another, keys))).toBe('entry-unreadable');
    const { details, ...head } = disclosed;
    expect(details).toBeDefined();
    expect(openOne(leaf, oneEntryKeys(disclosed.eventId, { ledger }, true))).toEqual(head);
  });

  it('says to a stranger nothing that it does not say of a refusal', () => {
    const [one, two] = [leaf, sealEntry(refused, { ledger }, randomBytes)].map((each) => formatLeaf(each));
    expect(one?.length).toBe(two?.length);
    expect(Object.keys(leaf).sort()).toEqual(['commitment', 'details', 'eventId', 'head', 'v']);
    const text = Buffer.from(one ?? []).toString();
    const secrets = [disclosed.txn, disclosed.patient, disclosed.requester?.memberId, digest, 'answer', 'success'];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('does not tell that two entries speak of one patient', () => {
    const eventId = '00000000-0000-4000-8000-000000000000';
    const [a, b] = [leaf, sealEntry({ ...disclosed, eventId }, { ledger, patient }, randomBytes)];
    const words = (text: string) => new Set(text.match(/.{4}/g));
    const common = [...words(a.details + a.head)].filter((word) => words(b.details + b.head).has(word));
    // Of 700 random words of 24 bits hardly one is met twice.
    expect(common.length).toBeLessThan(5);
  });

  it('opens to what was sealed, whatever it was', () => {
    const details = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
      fc.oneof(fc.string({ maxLength: 900 }), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 4 })),
    );
    fc.assert(
      fc.property(details, fc.uuid(), (given, eventId) => {
        const entry = { ...disclosed, eventId, details: given };
        const sealed = parseLeaf(formatLeaf(sealEntry(entry, { ledger, patient }, randomBytes)));
        expect(openAsPatient(sealed, patient)).toEqual(entry);
      }),
    );
  });

  it('can be moved to no other entry, and changed by nobody', () => {
    const eventId = '00000000-0000-4000-8000-000000000000';
    const elsewhere = sealEntry({ ...disclosed, eventId }, { ledger, patient }, randomBytes);
    expect(code(() => openHead({ ...elsewhere, head: leaf.head }, ledger))).toBe('entry-unreadable');
    const changed = `${leaf.head.slice(0, 40)}${leaf.head[40] === 'A' ? 'B' : 'A'}${leaf.head.slice(41)}`;
    expect(code(() => openHead({ ...leaf, head: changed }, ledger))).toBe('entry-unreadable');
  });
});

describe('the commitment', () => {
  const leaf = sealEntry(disclosed, { ledger, patient }, randomBytes);
  const opening = openingOf(disclosed.eventId, ledger);

  it('shows whoever holds the opening for which answer the entry was made', () => {
    expect(isCommittedTo(leaf, digest, opening)).toBe(true);
    expect(isCommittedTo(leaf, createHash('sha256').update('another').digest('base64url'), opening)).toBe(false);
    expect(isCommittedTo(leaf, digest, Buffer.alloc(32))).toBe(false);
    expect(isCommittedTo({ commitment: 'short' }, digest, opening)).toBe(false);
  });
});

describe('parseLeaf', () => {
  const leaf = sealEntry(disclosed, { ledger, patient }, randomBytes);
  it.each([
    ['not JSON', 'x', 'entry-malformed'],
    ['nothing', 'null', 'entry-malformed'],
    ['a version it does not know', JSON.stringify({ ...leaf, v: 3 }), 'entry-version-unknown'],
    ['an entry with a part missing', JSON.stringify({ ...leaf, head: undefined }), 'entry-malformed'],
  ])('refuses %s', (_what, text, expected) => {
    expect(code(() => parseLeaf(Buffer.from(text)))).toBe(expected);
  });

  it('writes the same leaf with the same bytes: keys in order, nothing between', () => {
    const turned = Object.fromEntries(Object.entries(leaf).reverse()) as unknown as typeof leaf;
    expect(formatLeaf(turned)).toEqual(formatLeaf(leaf));
    expect(Buffer.from(formatLeaf(leaf)).toString()).toMatch(
      /^\{"commitment":"[\w-]{43}","details":"[\w-]+","eventId":/,
    );
  });

  it('keeps an entry within what a log’s bundle can hold', () => {
    const details = { text: Array.from({ length: 40 }, () => 'x'.repeat(2_000)) };
    const leaf = sealEntry({ ...disclosed, details }, { ledger, patient }, randomBytes);
    expect(code(() => formatLeaf(leaf))).toBe('entry-too-large');
  });
});

// The bytes of the first day: an entry sealed today must open in ten years.
it('still opens a leaf of the first day', () => {
  const random = (bytes: number) => Buffer.alloc(bytes, 9);
  const leaf = formatLeaf(sealEntry(disclosed, { ledger, patient }, random));
  expect(createHash('sha256').update(leaf).digest('hex')).toMatchInlineSnapshot(
    `"1e9de2f147eb8d7bfbc51f1c768fcdc78824f24e96db4907bc1d1f880f3a9fd8"`,
  );
});
