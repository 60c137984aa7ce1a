/** The first Java on this machine that Kafka runs on, or undefined. */
export function findJava(): string | undefined;
