/**
 * Something that the person at the keyboard can put right: a wrong option, a file that is not there, a key that is none.
 *
 * The message is for them. It ends the command with exit code 2, which is never the answer about a log.
 */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}
