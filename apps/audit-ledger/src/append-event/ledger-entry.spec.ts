import { createHash } from 'node:crypto';

import { auditEventRecorded } from '@hie/contracts';

import { canonicalBytes, ledgerEntry, patientHash } from './ledger-entry.js';

const key = Buffer.alloc(32, 7);
const event = auditEventRecorded.example;

describe('ledgerEntry', () => {
  it('holds everything of the event but the person, who stands as a keyed hash', () => {
    const entry = ledgerEntry(event, 'consent', key);
    expect(entry).toMatchObject({ eventId: event.eventId, action: 'disclosure.decided', sealedBy: 'consent' });
    expect(entry.patient).toBe(patientHash(event.personId!, key));
    expect(canonicalBytes(entry).toString()).not.toContain(event.personId);
  });

  it('hashes one person differently under another key', () => {
    expect(patientHash('p', key)).not.toBe(patientHash('p', Buffer.alloc(32, 8)));
  });
});

describe('canonicalBytes', () => {
  it('does not depend on the order in which members were written', () => {
    const entry = ledgerEntry(event, 'consent', key);
    const turned = Object.fromEntries(Object.entries(entry).reverse()) as typeof entry;
    expect(canonicalBytes(turned)).toEqual(canonicalBytes(entry));
  });

  // Worked by hand: keys sorted, no white space.
  it('writes keys in order and nothing between', () => {
    const entry = { ...ledgerEntry(event, 's', key), details: { b: 1, a: ['x', 'y'] } };
    expect(canonicalBytes(entry).toString()).toContain('"details":{"a":["x","y"],"b":1}');
  });

  it('keeps the leaf hash of a known entry', () => {
    const { patient, ...entry } = ledgerEntry({ ...event, personId: undefined as never }, 'consent', key);
    expect(patient).toBeUndefined();
    const leaf = createHash('sha256').update(Buffer.of(0)).update(canonicalBytes(entry)).digest('hex');
    expect(leaf).toMatchInlineSnapshot(`"4d94db171cb3abd0601835ae1420a0967caa1d5f3021c05d0c7ce8c7ae5f22dd"`);
  });

  it('refuses an entry over 64 KiB', () => {
    const entry = { ...ledgerEntry(event, 's', key), details: { x: 'y'.repeat(65_536) } };
    expect(() => canonicalBytes(entry)).toThrow(RangeError);
  });
});
