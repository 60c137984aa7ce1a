/** The first Java on this machine that Kafka runs on, or undefined. */
export function findJava(): string | undefined;
export function javaMajor(output: string): number | undefined;
export function adviceFor(missing: readonly string[], system: { platform: string; debian: boolean }): string;
export function downloaded(output: string): { files: number; bytes: number };
