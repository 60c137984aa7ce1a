// `npm run bench:ledger`: what the ledger reaches, each figure beside what was measured with it in the same run.
import { measureLogLibrary } from './ledger/log-library.js';
import { measureSearching } from './ledger/measure-searching.js';
import { measureService } from './ledger/measure-service.js';
import { figureTable } from './shared/table.js';
import { writeResults } from './shared/write-results.js';

/** `--projection=10000000`: how many entries the search is measured over; filling ten million takes a quarter of an hour. */
const projection = Number(/^--projection=(\d+)$/.exec(process.argv.at(-1) ?? '')?.[1] ?? 1_000_000);

const figures = [...(await measureService()), ...(await measureLogLibrary()), ...(await measureSearching(projection))];
process.stdout.write(`${figureTable(figures)}\n`);
await writeResults('ledger', { figures });
