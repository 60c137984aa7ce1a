/**
 * The state of one deterministic stream of pseudo-random numbers: four 32-bit words of sfc32.
 *
 * Everything in this library is drawn from streams named by what they decide, never from one shared stream, so that any person
 * can be made by index alone and adding a draw in one place does not change another.
 */
export interface Random {
  a: number;
  b: number;
  c: number;
  counter: number;
}

/** Turns the name of a decision ("household", "phone") into the number that {@link randomFor} takes. FNV-1a, 32 bits. */
export function decisionKey(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Mixes a word into a hash: the 32-bit finaliser of MurmurHash3 (Appleby 2011), each bit of the input moves half of the output. */
export function mix(hash: number, word: number): number {
  let h = Math.imul(hash ^ word, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ (h << 7);
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
  return (h ^ (h >>> 15)) >>> 0;
}

/**
 * The stream for one decision about one or two numbered things.
 *
 * Same arguments, same stream, on every machine: only 32-bit integer arithmetic and IEEE division are used, no transcendental
 * functions, whose last bits differ between engines.
 *
 * sfc32 is Chris Doty-Humphrey's small fast chaotic generator (PractRand); 12 rounds are discarded to separate similar seeds.
 */
export function randomFor(seed: number, decision: number, thing = 0, part = 0): Random {
  const key = mix(mix(mix(mix(0x9e3779b9, seed), decision), thing), part);
  const random: Random = { a: key | 0, b: mix(key, thing) | 0, c: mix(key, part + 0x632be5ab) | 0, counter: 1 };
  for (let i = 0; i < 12; i += 1) uint32(random);
  return random;
}

/** The next 32 bits, 0 to 4294967295. */
export function uint32(random: Random): number {
  const sum = (random.a + random.b + random.counter) | 0;
  random.counter = (random.counter + 1) | 0;
  random.a = random.b ^ (random.b >>> 9);
  random.b = (random.c + (random.c << 3)) | 0;
  random.c = (((random.c << 21) | (random.c >>> 11)) + sum) | 0;
  return sum >>> 0;
}

/** A fraction in [0, 1). */
export function fraction(random: Random): number {
  return uint32(random) / 4294967296;
}

/** A whole number in [0, limit); `limit` below 2^32. */
export function below(random: Random, limit: number): number {
  return Math.floor(fraction(random) * limit);
}

/** A whole number from `first` to `last`, both included. */
export function between(random: Random, first: number, last: number): number {
  return first + below(random, last - first + 1);
}

/** True with the given probability. Draws one number whatever the probability, so that changing a rate moves nothing else. */
export function chance(random: Random, probability: number): boolean {
  return fraction(random) < probability;
}

/** One of the items, each as likely as the others. @throws RangeError when there are none. */
export function pick<T>(random: Random, items: ArrayLike<T>): T {
  if (items.length === 0) throw new RangeError('cannot pick from nothing');
  return items[below(random, items.length)] as T;
}

/**
 * A stream of its own for one part of a decision, named by the next number of this one: however much the part draws, this stream
 * has moved by one.
 */
export function branch(random: Random): Random {
  return randomFor(uint32(random), 0x5bd1e995);
}

/**
 * Does something with the given probability, with a stream of its own. Moves this stream by two whether it is done or not, so that
 * what is decided afterwards does not depend on it, and costs nothing when it is not done.
 */
export function sometimes(random: Random, probability: number, then: (own: Random) => void): void {
  const isDone = chance(random, probability);
  const key = uint32(random);
  if (isDone) then(randomFor(key, 0x5bd1e995));
}
