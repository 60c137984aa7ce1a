import type { SharedExchange } from './shared-exchange.js';

export interface Leak {
  readonly at: string;
  readonly word: string;
}

export function everythingKnown(
  exchange: Pick<SharedExchange, 'hospitals' | 'ownClientOf'>,
): Promise<ReadonlySet<string>>;
export function wordsIn(text: string, known: ReadonlySet<string>): string[];
export function leaksOf(
  run: { readonly logs: string; readonly spans: readonly object[] },
  known: ReadonlySet<string>,
): readonly Leak[];
