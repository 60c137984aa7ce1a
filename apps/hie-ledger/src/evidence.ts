/** The log, or the chain of logs, contradicts itself: what was asked for can't be answered from it. The message is the answer. */
export class Evidence extends Error {
  override readonly name = 'Evidence';
}
