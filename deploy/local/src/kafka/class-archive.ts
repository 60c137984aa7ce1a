import { createHash } from 'node:crypto';
import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';

/**
 * A start of Kafka spends most of its time in loading and checking the same five thousand classes. The JVM can keep
 * them as it has checked them (dynamic class-data sharing, JEP 350): the first broker that ends in good order leaves an
 * archive beside Kafka's own, and every later start takes two thirds of the processor time.
 */
export interface ClassArchive {
  /** What the broker's JVM is started with: to use the archive, or to leave one when it ends. */
  readonly broker: readonly string[];
  /** What another JVM on the same class path is started with. */
  readonly others: readonly string[];
  /** Puts in place what the broker has left. To be called once it has ended. */
  keep(): void;
}

/**
 * @param folder Kafka's archives.
 * @param java the JVM; an archive fits only the one that made it, and is ignored by any other.
 */
export function classArchive(folder: string, java: string): ClassArchive {
  const real = realpathSync(java);
  const jvm = createHash('sha256')
    .update(`${real} ${statSync(real).mtimeMs}`)
    .digest('hex')
    .slice(0, 12);
  const archive = `${folder}-classes-${jvm}.jsa`;
  if (existsSync(archive)) {
    const use = [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
    return { broker: use, others: use, keep: () => undefined };
  }
  const draft = `${archive}.${process.pid}`;
  return {
    broker: [`-XX:ArchiveClassesAtExit=${draft}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'],
    others: [],
    keep: () => {
      if (!existsSync(draft)) return;
      if (existsSync(archive)) rmSync(draft, { force: true });
      else renameSync(draft, archive);
    },
  };
}
