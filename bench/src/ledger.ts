// `npm run bench:ledger`: what the ledger's log reaches, each figure beside what was measured with it in the same run.
import { measureLogLibrary } from './ledger/log-library.js';
import { measureService } from './ledger/measure-service.js';
import { figureTable } from './shared/table.js';
import { writeResults } from './shared/write-results.js';

const figures = [...(await measureService()), ...(await measureLogLibrary())];
process.stdout.write(`${figureTable(figures)}\n`);
await writeResults('ledger', { figures });
