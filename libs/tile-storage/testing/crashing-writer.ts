// A program that is made to crash. It writes a log in the folder it is given, and tells on its standard output what it is
// about to do and what it has been promised:
//
//   ready                                    waits for a line on its standard input
//   append <size before> <size after>        it is about to ask for this
//   appended <checkpoint in base64>          what it asked for is durable
//   failed <code>                            it was not; opens the log anew and goes on, or gives up where told to try once
//   done
//
// The entry at an index is always the same, so that whoever reads the log knows what must be in it.
import { openLog, parseSignerKey, type TransparencyLog } from '@hie/transparency-log';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

import { directoryStorage } from '../src/index.js';
import { sampleEntries } from './sample-entries.js';

const [root = '', signerKey = '', batches = '', tries = 'again', published] = process.argv.slice(2);
const publication = published === 'when-cosigned' ? published : 'at-once';
const signer = parseSignerKey(signerKey);

const say = (line: string): void => void writeSync(1, `${line}\n`);

const open = async (): Promise<TransparencyLog> =>
  openLog(await directoryStorage(root, { takeOver: tries === 'again' }), {
    ...{ origin: signer.key.name, signer, publication },
  });

say('ready');
await createInterface(process.stdin)[Symbol.asyncIterator]().next();
let log: TransparencyLog | undefined;
for (const size of batches.split(',').map(Number)) {
  try {
    log ??= await open();
    const before = log.head.size;
    say(`append ${before} ${before + size}`);
    const { checkpoint } = await log.append(sampleEntries(before, before + size));
    say(`appended ${Buffer.from(checkpoint.raw).toString('base64')}`);
    if (publication === 'when-cosigned') await log.publish(checkpoint.raw);
  } catch (failure) {
    say(`failed ${(failure as { code?: string }).code}`);
    log = undefined;
    if (tries === 'once') break;
  }
}
say('done');
process.exit(0);
