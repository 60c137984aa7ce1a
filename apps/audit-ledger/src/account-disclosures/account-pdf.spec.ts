import { inflateSync } from 'node:zlib';

import type { Disclosure } from '@hie/ledger-report';

import { accountPdf } from './account-pdf.js';

const disclosure: Disclosure = {
  ...{
    date: '2026-01-02T03:04:05.000Z',
    until: '2026-01-02T03:04:09.000Z',
    purpose: 'HRESCH',
    rule: 'directive.permit',
  },
  ...{ recipient: { memberId: 'Mercy Générale', clientId: '病院' }, kinds: ['Condition'], sources: ['harbor'] },
  ...{
    standing: { kind: 'accountable' },
    entries: [{ index: 17, leafHash: new Uint8Array(32) }],
    isPartlyDestroyed: false,
    isWhileMerged: false,
  },
};
const accounting = (disclosures: readonly Disclosure[]) => ({
  ...{ disclosures, period: { fromMs: 0, beforeMs: Date.UTC(2026, 1, 1) }, isWithExempt: true, size: 99 },
  ...{ checkpoint: 'ledger.example\n99\nroot\n\n— ledger.example sig\n', madeAt: new Date('2026-02-01T00:00:00Z') },
});

/** The text of all pages, as WinAnsi bytes in hexadecimal pieces between `[` and `] TJ`. */
function textOf(pdf: Buffer): string {
  const streams = [...pdf.toString('latin1').matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)];
  // zlib's header; the metadata are not compressed.
  const pages = streams.filter(([, body = '']) => body.startsWith('x'));
  return pages
    .map(([, body = '']) => inflateSync(Buffer.from(body, 'latin1')).toString('latin1'))
    .flatMap((content) => [...content.matchAll(/<([0-9a-f]+)>/g)])
    .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
    .join('');
}

describe('the PDF of an accounting', () => {
  it('has title, language and structure for whoever has it read aloud', async () => {
    const pdf = (await accountPdf(accounting([disclosure]))).toString('latin1');
    expect(pdf.slice(0, 8)).toBe('%PDF-1.7');
    for (const part of ['/Lang (en)', '/Marked true', '/DisplayDocTitle true', '(Accounting of disclosures)']) {
      expect(pdf).toContain(part);
    }
    for (const tag of ['/S /Document', '/S /H1', '/S /H2', '/S /L', '/S /LI']) expect(pdf).toContain(tag);
  });

  it('says of each disclosure when, to whom, what and why, and how far it is true', async () => {
    const text = textOf(await accountPdf(accounting([disclosure])));
    expect(text).toContain('2026-01-02T03:04:05.000Z: Mercy Générale');
    expect(text).toContain('Recipient system: ??');
    expect(text).toContain('What: Condition');
    expect(text).toContain('Why: healthcare research');
    expect(text).toContain('Ledger entries: 17');
    expect(text).toContain('1 disclosures, of which 1 are to be accounted for');
    expect(text).toContain('first 99 entries');
  });

  it('goes on over pages', async () => {
    const pdf = await accountPdf(accounting(Array.from({ length: 40 }, () => disclosure)));
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(5);
  });
});
