/** What a person at the command line is told in one go, and the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    readonly code: 'usage' | 'unreadable' | 'refused' | 'unreachable',
    readonly said: string,
  ) {
    super(code);
  }

  get exitCode(): number {
    return this.code === 'usage' ? 2 : 1;
  }
}
