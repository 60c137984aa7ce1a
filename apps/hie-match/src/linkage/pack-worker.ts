import { parentPort, workerData } from 'node:worker_threads';

import { type CsvPiece } from '../csv/csv-pieces.js';
import { pieceReader, type PackPlan } from './pack-records.js';

// Packs the pieces that it is sent, in turn.
const read = pieceReader(workerData as PackPlan);
parentPort?.on('message', (piece: CsvPiece) => parentPort?.postMessage(read(piece)));
