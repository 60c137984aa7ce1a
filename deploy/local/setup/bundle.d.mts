/** A source map, revision 3. */
export interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

export function ownFrames<M extends SourceMap>(map: M): M;

export function inAscii(text: string): string;
