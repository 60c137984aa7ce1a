/**
 * How Node.js runs a service.
 *
 * Messages are buffers, whose bytes V8 keeps outside its heap and frees with their small handles. In the default nursery of 16 MB
 * the handles of a thousand messages wait, until their bytes alone force a full collection, several times a second. In one of
 * 2 MB they go with the next scavenge (docs/adr/0015).
 *
 * After a full collection V8 lets a small heap grow to several times what lives in it, and keeps what it took after a burst. 40 % more
 * than what lives is room enough (docs/adr/0026).
 */
export const serviceNodeArguments: readonly string[] = ['--max-semi-space-size=2', '--heap-growing-percent=40'];

/**
 * How the C library keeps a service's memory outside V8's heap.
 *
 * glibc gives each thread that allocates an arena of its own and holds on to what is freed. Two arenas, and giving back what lies free
 * at a heap's end, take an eighth off what the services hold after a burst (docs/adr/0027). Another C library takes no notice.
 */
export const serviceAllocatorEnvironment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
