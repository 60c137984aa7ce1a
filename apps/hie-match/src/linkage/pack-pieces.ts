import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { Complaint } from '../complaint.js';
import { type CsvPiece } from '../csv/csv-pieces.js';
import { type PackAnswer, type PackedPiece, type PackPlan, pieceReader } from './pack-records.js';

/** Below this a file is read by one thread before a second one has warmed up. */
const worthAThread = 16 << 20;
/** Pieces that a thread has at most: one in work, one to go on with. */
const ahead = 2;
/** Pieces that may be read before the first of them is taken, for each thread: a thread that is slow does not stop the others. */
const spread = 4;

/**
 * Packs the pieces of a file and yields them in their order. Of a large file every other core takes pieces too; this thread packs what
 * they have no room for.
 *
 * @throws Complaint of the first piece that has something wrong in it.
 */
export async function* packPieces(
  pieces: AsyncIterable<CsvPiece>,
  plan: PackPlan,
  bytes: number,
): AsyncGenerator<PackedPiece> {
  const threads = bytes < worthAThread ? 0 : Math.min(8, availableParallelism()) - 1;
  const packers = Array.from({ length: threads }, () => startPacker(plan));
  const read = pieceReader(plan);
  const answers: Promise<PackAnswer | Error>[] = [];
  try {
    for await (const piece of pieces) {
      const idle = packers.find((packer) => packer.waiting() < ahead);
      answers.push(idle === undefined ? Promise.resolve(read(piece)) : idle.pack(piece));
      if (answers.length > threads * spread) yield packedOf(await (answers.shift() as Promise<PackAnswer | Error>));
    }
    for (const answer of answers) yield packedOf(await answer);
  } finally {
    await Promise.all(packers.map((packer) => packer.stop()));
  }
}

function packedOf(answer: PackAnswer | Error): PackedPiece {
  if (answer instanceof Error) throw answer;
  if ('complaint' in answer) throw new Complaint(answer.complaint.code, answer.complaint.sentence);
  return answer.packed;
}

interface Packer {
  /** How many pieces it has not answered for. */
  waiting(): number;
  /** The answer, or why the thread ended without one. */
  pack(piece: CsvPiece): Promise<PackAnswer | Error>;
  stop(): Promise<unknown>;
}

function startPacker(plan: PackPlan): Packer {
  const worker = new Worker(fileURLToPath(new URL('./pack-worker.js', import.meta.url)), { workerData: plan });
  const waiting: ((answer: PackAnswer | Error) => void)[] = [];
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const resolve of waiting.splice(0)) resolve(ended);
  };
  worker.on('message', (answer: PackAnswer) => waiting.shift()?.(answer));
  worker.on('error', end);
  worker.on('exit', () => end(new Error('a reading thread ended early')));
  return {
    waiting: () => waiting.length,
    pack: (piece) =>
      new Promise((resolve) => {
        if (ended !== undefined) return resolve(ended);
        waiting.push(resolve);
        worker.postMessage(piece, [piece.bytes.buffer]);
      }),
    stop: () => worker.terminate(),
  };
}
