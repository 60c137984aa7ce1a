import { nicknameTable } from './nickname-table.js';

/** For each name: the names it may stand for, and the weight 1 ÷ (how many it may stand for). */
const formalNames: ReadonlyMap<string, readonly string[]> = readTable(nicknameTable);

/**
 * How likely one given name is a familiar form of the other, in [0, 1], in both directions.
 *
 * A nickname that may stand for k formal names (`al` stands for nineteen) weighs 1/√k against each; two nicknames of one formal
 * name (`bill`, `will`) weigh the product of theirs; 0 where the table knows no tie. Both names are folded (`foldText`).
 */
export function nicknameWeight(a: string, b: string): number {
  if (a === b) return 1;
  const ofA = formalNames.get(a);
  const ofB = formalNames.get(b);
  let best = 0;
  if (ofA?.includes(b)) best = 1 / Math.sqrt(ofA.length);
  if (ofB?.includes(a)) best = Math.max(best, 1 / Math.sqrt(ofB.length));
  if (best === 0 && ofA !== undefined && ofB !== undefined && ofA.some((name) => ofB.includes(name))) {
    best = 1 / Math.sqrt(ofA.length * ofB.length);
  }
  return best;
}

const knownNames: ReadonlySet<string> = new Set([...formalNames.keys(), ...[...formalNames.values()].flat()]);

/** Whether the table says anything of a name: most names it does not know, and need no look-up. */
export const hasNickname = (name: string): boolean => knownNames.has(name);

function readTable(table: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const group of table.split(';')) {
    const [formal, nicknames] = group.split(':');
    if (formal === undefined || nicknames === undefined) continue;
    for (const nickname of nicknames.split(',')) {
      const known = names.get(nickname);
      if (known === undefined) names.set(nickname, [formal]);
      else known.push(formal);
    }
  }
  return names;
}
