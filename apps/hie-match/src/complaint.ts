/**
 * Something the person at the keyboard can put right: a file, a column, an option. Its message says what is wrong and what to do, in
 * one or two sentences, and is printed without a stack.
 */
export class Complaint extends Error {
  override readonly name = 'Complaint';

  constructor(
    /** What kind of thing it is about, to test for. */
    readonly code: 'usage' | 'file' | 'csv' | 'column' | 'identifier' | 'model',
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}
