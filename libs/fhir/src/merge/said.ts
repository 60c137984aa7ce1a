import type { CodeableConcept } from '@medplum/fhirtypes';

import { foldWords, oneLine } from '../terminology/plain-text.js';
import { compareText } from './distinct-sources.js';
import type { Said, Sourced } from './merged-record.js';

/** What a concept is called: its text, else the display of a coding, else a code. One line. */
export function conceptName(concept: CodeableConcept | undefined, otherwise = 'Not stated'): string {
  if (concept === undefined) return otherwise;
  const { text, coding = [] } = concept;
  const name = text ?? coding.find(({ display }) => display !== undefined)?.display ?? coding[0]?.code;
  const line = name === undefined ? '' : oneLine(name, 120);
  return line === '' ? otherwise : line;
}

/**
 * What several sources say, each different wording once with the members behind it.
 *
 * @param say what one source says, `undefined` when it says nothing
 */
export function sayings<R>(sources: readonly Sourced<R>[], say: (source: Sourced<R>) => readonly string[]): Said[] {
  const found = new Map<string, { said: string; by: Set<string> }>();
  for (const source of sources) {
    for (const said of say(source)) {
      const key = foldWords(said);
      const one = found.get(key) ?? { said, by: new Set<string>() };
      one.by.add(source.provenance.memberName);
      found.set(key, one);
    }
  }
  return [...found.values()].map(({ said, by }) => ({ said, by: [...by].sort(compareText) }));
}

/**
 * A title for several sources: their own name where they agree, else the class or the shortest name with the others in brackets.
 *
 * @param names in the order of the sources
 * @param classTitle what all of them fall under, if there is such a thing
 */
export function commonTitle(names: readonly string[], classTitle?: string): string {
  const distinct = [...new Map(names.map((name) => [foldWords(name), name])).values()];
  const [only] = distinct;
  if (distinct.length === 1 && only !== undefined) return only;
  const sorted = distinct.toSorted((a, b) => a.length - b.length || compareText(a, b));
  if (classTitle !== undefined) return `${classTitle} (${sorted.slice(0, 4).join('; ')})`;
  const [shortest = 'Not stated', ...others] = sorted;
  return `${shortest} (${others.slice(0, 3).join('; ')})`;
}
