/** The root of the checkout. */
export const checkout: string;
/** Where Kafka's archives lie once they were fetched. */
export function kafkaFolder(env?: NodeJS.ProcessEnv): string;
