import type { ComposedExchange } from '../exchange/start-exchange.js';
import type { ArrivalAnswer, ShownCard, ShownReceipt } from './ask-on-arrival.js';
import type { Arrival } from './choose-patient.js';
import type { Followed } from './tell-story.js';
import type { Hop } from './trace-hops.js';
import type { Verification } from './verify-receipt.js';

type Print = (line: string) => void;

const hasColour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const paint = (code: number) => (text: string) => (hasColour ? `\u001b[${code}m${text}\u001b[0m` : text);
const [bold, dim, red, yellow, green] = [1, 2, 31, 33, 32].map(paint) as [Paint, Paint, Paint, Paint, Paint];
type Paint = (text: string) => string;

export function showArrival(print: Print, { hospital, patient, title, narrative }: Arrival): void {
  const [name] = patient.name ?? [];
  print('');
  print(bold(title));
  print(wrapped(narrative));
  print('');
  print(bold('1  Arrival'));
  print(
    `   ${hospital.name}: ${[...(name?.given ?? []), name?.family].join(' ')}, born ${patient.birthDate ?? 'unknown'} (synthetic)`,
  );
  print('   The EMR fires CDS Hooks encounter-start, for emergency treatment (ETREAT).');
}

export function showHops(print: Print, hops: readonly Hop[], { elapsedMs }: ArrivalAnswer): void {
  print('');
  print(bold('2  The way of the query') + dim('  (from the ledger: what each hop told it)'));
  for (const { service, action, outcome, reason, atMs } of hops) {
    const why = reason === undefined ? '' : dim(` ${reason}`);
    print(`   ${`${atMs} ms`.padStart(8)}  ${service.padEnd(16)} ${action.padEnd(20)} ${outcome}${why}`);
  }
  print(`   ${bold(`${elapsedMs.toFixed(0)} ms`.padStart(8))}  the EMR has its cards`);
}

export function showCards(print: Print, { cards, coverage }: ArrivalAnswer): void {
  print('');
  print(bold('3  Who answered'));
  for (const { name, status, reason, elapsedMs, counts } of coverage) {
    const found = Object.entries(counts).filter(([, count]) => count > 0);
    const what = found.map(([type, count]) => `${count} ${type}`).join(', ');
    const took = elapsedMs === undefined ? '' : `${elapsedMs.toFixed(0)} ms`;
    print(`   ${name.padEnd(30)} ${status.padEnd(10)} ${took.padStart(8)}  ${what === '' ? dim(reason) : what}`);
  }
  print('');
  print(bold('4  The cards'));
  for (const card of cards) print(`   ${indicatorOf(card)} ${card.summary}`);
}

export function showReceipt(print: Print, receipt: ShownReceipt, { steps }: Verification): void {
  print('');
  print(bold('5  The receipt'));
  print(`   entry ${receipt.index} of the ledger, over SHA-256 ${receipt.digest.slice(0, 16)}… of this answer`);
  for (const { step, ok } of steps) print(`   ${ok ? green('✓') : red('✗')} ${step}`);
}

export function showRest(print: Print, { stages }: Followed): void {
  const last = stages.at(-1);
  print('');
  print(bold('6  Afterwards'));
  print(
    `   stages released: ${stages.map(({ stage }) => stage).join(', ')}; the last has ${last?.cards.length ?? 0} cards`,
  );
}

export function showWhereToLook(print: Print, { description, urls }: ComposedExchange, answer: ArrivalAnswer): void {
  print('');
  print(bold('Where to look next'));
  print(`   gateway    ${description.gateway.url}/cds-services · /fhir/metadata · /openapi.json`);
  print(`   query      ${answer.queryUrl}  (as the hospital that asked; /events streams what comes late)`);
  print(`   ledger     ${description.ledger.url}checkpoint`);
  print(`   hospitals  ${urls.get('hospital-simulator') ?? ''}/admin/hospitals`);
  print(`   every URL is checked against ${description.caCertificate}`);
}

function indicatorOf({ indicator }: ShownCard): string {
  if (indicator === 'critical') return red('critical');
  return indicator === 'warning' ? yellow('warning ') : dim('info    ');
}

/** Text in lines of a terminal's width, indented. */
function wrapped(text: string): string {
  return text.replace(/(?![^\n]{1,96}$)([^\n]{1,96})\s/g, '$1\n');
}
