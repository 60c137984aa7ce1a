// ISO 32000-1, tagged PDF (14.8): structure, natural language and title, so that a screen reader reads it as it was meant.
import { accountColumns, recipientOf } from '@hie/ledger-report';

import type { Accounting } from './accounting.js';

const TITLE = 'Accounting of disclosures';
const MARGIN = 54;

/**
 * An accounting as a tagged PDF in English: a heading for each disclosure, its facts as a list below.
 *
 * The standard Helvetica has Latin letters only; another becomes a question mark. The JSON and the CSV have every letter.
 */
export async function accountPdf(accounting: Accounting): Promise<Buffer> {
  // Fonts and compression are loaded where somebody wants a PDF, and not at the start of the ledger.
  const { default: PDFDocument } = await import('pdfkit');
  const { disclosures, madeAt } = accounting;
  const document = new PDFDocument({
    ...{ size: 'A4', margin: MARGIN, pdfVersion: '1.7', tagged: true, lang: 'en', displayTitle: true },
    info: { Title: TITLE, CreationDate: madeAt },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  const root = document.struct('Document');
  document.addStructure(root);
  const line = (tag: 'H1' | 'H2' | 'P' | 'LI', fontSize: number, text: string, font = 'Helvetica') =>
    document.struct(tag, {}, () => {
      document
        .font(font)
        .fontSize(fontSize)
        .text(latin(text))
        .moveDown(tag === 'LI' ? 0 : 0.4);
    });
  root.add(line('H1', 18, TITLE, 'Helvetica-Bold'));
  for (const sentence of introduction(accounting)) root.add(line('P', 10, sentence));
  for (const disclosure of disclosures) {
    const recipient = recipientOf(disclosure) ?? 'recipient not recorded';
    root.add(line('H2', 12, `${disclosure.date}: ${recipient}`, 'Helvetica-Bold'));
    const list = document.struct('L');
    for (const { title, of } of accountColumns) {
      const value = of(disclosure);
      if (value !== '') list.add(line('LI', 9, `${title}: ${value}`));
    }
    list.end();
    root.add(list);
  }
  root.end();
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function introduction({ disclosures, period, isWithExempt, size, madeAt, checkpoint }: Accounting): readonly string[] {
  const [from, to] = [period.fromMs, period.beforeMs - 1].map((ms) => new Date(ms).toISOString());
  const accountable = disclosures.filter(({ standing }) => standing.kind === 'accountable').length;
  return [
    `Disclosures from ${from} to ${to}, made on ${madeAt.toISOString()}.`,
    isWithExempt
      ? `${disclosures.length} disclosures, of which ${accountable} are to be accounted for under 45 CFR 164.528; the others are marked.`
      : `${disclosures.length} disclosures that are to be accounted for under 45 CFR 164.528; what it exempts is left out.`,
    `True of the first ${size} entries of the ledger. Each entry named here can be proven against its signed checkpoint:`,
    checkpoint,
  ];
}

const latin = (text: string): string => text.replaceAll(/[^\n\x20-\x7e\xa0-\xff]/gu, '?');
