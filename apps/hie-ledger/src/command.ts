/** Where a command reads from and writes to; a test gives its own. */
export interface Surroundings {
  /** One line of the answer. */
  readonly print: (line: string) => void;
  /** What is not the answer: how far it is. Rewrites its own line on a terminal, and is absent elsewhere. */
  readonly progress?: (line: string) => void;
}

/** 0: what was asked for holds. 1: it does not, there is evidence of tampering. (2, could not be answered, is a thrown Complaint.) */
export type Answer = 0 | 1;

/** One thing that the program does. To add one, write it beside the others and name it in `main.ts`. */
export interface Command {
  /** The options, as they stand in the usage text. */
  readonly usage: string;
  run(args: readonly string[], surroundings: Surroundings): Promise<Answer>;
}
