/**
 * How Node.js runs a service (docs/adr/0015).
 *
 * Messages are buffers, whose bytes V8 keeps outside its heap and frees with their small handles. In the default nursery of 16 MB
 * the handles of a thousand messages wait, until their bytes alone force a full collection, several times a second. In one of
 * 2 MB they go with the next scavenge.
 */
export const serviceNodeArguments: readonly string[] = ['--max-semi-space-size=2'];
