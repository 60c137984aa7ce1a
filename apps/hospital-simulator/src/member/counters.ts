/** What a member was asked and how it answered, since the start or the last reset. Counts only: no patient, no parameter. */
export interface Counters {
  connections: number;
  token: number;
  tokenRefused: number;
  metadata: number;
  read: number;
  search: number;
  batch: number;
  batchEntries: number;
  other: number;
  /** Requests without a valid token, and requests beyond its scope. */
  unauthorized: number;
  forbidden: number;
  notFound: number;
  clientErrors: number;
  /** Requests that a fault was put on. */
  faulted: number;
  bytesSent: number;
  /** Searches and reads by resource type, entries of batches included. */
  byType: Record<string, number>;
}

/** All counts at zero. */
export function newCounters(): Counters {
  return {
    connections: 0,
    token: 0,
    tokenRefused: 0,
    metadata: 0,
    read: 0,
    search: 0,
    batch: 0,
    batchEntries: 0,
    other: 0,
    unauthorized: 0,
    forbidden: 0,
    notFound: 0,
    clientErrors: 0,
    faulted: 0,
    bytesSent: 0,
    byType: {},
  };
}

/** Counts an answer by its status. */
export function countStatus(counters: Counters, status: number): void {
  if (status === 401) counters.unauthorized += 1;
  else if (status === 403) counters.forbidden += 1;
  else if (status === 404) counters.notFound += 1;
  else if (status >= 400 && status < 500) counters.clientErrors += 1;
}

/** Counts a type that was asked for; what is no type of FHIR is left out, so that a caller cannot fill the table. */
export function countType(counters: Counters, type: string): void {
  const isType =
    /^[A-Z][A-Za-z]{1,40}$/.test(type) && (type in counters.byType || Object.keys(counters.byType).length < 60);
  if (isType) counters.byType[type] = (counters.byType[type] ?? 0) + 1;
}
