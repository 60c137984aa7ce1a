import { parentPort, workerData } from 'node:worker_threads';

import { Complaint } from '../complaint.js';
import { type CsvPiece } from '../csv/csv-pieces.js';
import { pieceReader, type PackPlan } from './pack-records.js';
import { type PackAnswer } from './pack-pieces.js';

// Packs the pieces that it is sent, in turn. A complaint is an answer as well: it is for the thread that asked to say it.
const read = pieceReader(workerData as PackPlan);
const answer = (piece: CsvPiece): PackAnswer => {
  try {
    return { packed: read(piece) };
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return { complaint: { code: error.code, sentence: error.message } };
  }
};
parentPort?.on('message', (piece: CsvPiece) => parentPort?.postMessage(answer(piece)));
