/** What the process that keeps the exchange up tells the one that the user waits for. */
export type UpMessage =
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'up'; readonly file: string }
  | { readonly kind: 'failed'; readonly sentence: string };
