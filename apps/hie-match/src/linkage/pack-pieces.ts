import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { Complaint } from '../complaint.js';
import { type CsvPiece } from '../csv/csv-pieces.js';
import { type PackedPiece, type PackPlan, pieceReader } from './pack-records.js';

/** What a packing thread says of a piece. */
export type PackAnswer =
  | { readonly packed: PackedPiece }
  | { readonly complaint: { readonly code: Complaint['code']; readonly sentence: string } };

/** Files below this are read before a thread has started. */
const worthAThread = 8 << 20;
/** Pieces handed out ahead of the one that is waited for, for each thread: one in work, one to go on with. */
const ahead = 2;

/**
 * Packs the pieces of a file, on every core when the file is large, and yields them in their order.
 *
 * @throws Complaint of the first piece that has something wrong in it.
 */
export async function* packPieces(
  pieces: AsyncIterable<CsvPiece>,
  plan: PackPlan,
  bytes: number,
): AsyncGenerator<PackedPiece> {
  const threads = bytes < worthAThread ? 0 : Math.min(8, availableParallelism());
  if (threads < 2) {
    const read = pieceReader(plan);
    for await (const piece of pieces) yield read(piece);
    return;
  }
  const packers = Array.from({ length: threads }, () => startPacker(plan));
  try {
    const answers: Promise<PackAnswer | Error>[] = [];
    let sent = 0;
    for await (const piece of pieces) {
      answers.push((packers[sent++ % threads] as Packer).pack(piece));
      if (answers.length >= threads * ahead) yield packedOf(await (answers.shift() as Promise<PackAnswer | Error>));
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
    pack: (piece) =>
      new Promise((resolve) => {
        if (ended !== undefined) return resolve(ended);
        waiting.push(resolve);
        worker.postMessage(piece, [piece.bytes.buffer]);
      }),
    stop: () => worker.terminate(),
  };
}
