/**
 * Remembers the results of a pure function of one text. Names, cities and streets repeat so much that reading a file spends most of its
 * time folding the same words again; the memory is emptied when it is full, so it stays bounded whatever is read.
 */
export function memoise<T>(compute: (text: string) => T, most = 100_000): (text: string) => T {
  const known = new Map<string, T>();
  const ofNothing = compute('');
  return (text) => {
    if (text === '') return ofNothing;
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= most) known.clear();
    const value = compute(text);
    known.set(text, value);
    return value;
  };
}
