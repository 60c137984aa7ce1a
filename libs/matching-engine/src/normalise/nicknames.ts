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

const numbers: ReadonlyMap<string, number> = new Map(
  [...new Set([...formalNames.keys(), ...[...formalNames.values()].flat()])].map((name, i) => [name, i + 1]),
);

/** A number for every name of the table, from 1; 0 for a name that it does not know, as it knows few. */
export const nicknameNumber = (name: string): number => numbers.get(name) ?? 0;

/** Nicknames weigh at least this much to count; below it a familiar form says too little ("al" for any of nineteen names). */
const floor = 0.2;
const familiar = findFamiliar();

/** Whether two names, by number, are forms of one name often enough to count: `nicknameWeight` of at least a fifth. */
export const areFamiliar = (a: number, b: number): boolean => familiar.has(a * 8192 + b);

function findFamiliar(): ReadonlySet<number> {
  const found = new Set<number>();
  const formsOf = new Map<string, string[]>();
  for (const [nickname, formals] of formalNames) {
    for (const formal of formals) formsOf.set(formal, [...(formsOf.get(formal) ?? [formal]), nickname]);
  }
  for (const forms of formsOf.values()) {
    for (const a of forms)
      for (const b of forms)
        if (a !== b && nicknameWeight(a, b) >= floor) found.add(nicknameNumber(a) * 8192 + nicknameNumber(b));
  }
  return found;
}

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
