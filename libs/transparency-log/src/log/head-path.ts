// C2SP tlog-tiles (https://c2sp.org/tlog-tiles) knows `checkpoint` alone; this is the path beside it.
/** Where the newest head is kept while `checkpoint` waits for its cosignatures. */
export const HEAD_PATH = 'head';
