/** Where the newest head is kept while `checkpoint` waits for its cosignatures. */
export const HEAD_PATH = 'head';
