const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether a text is a UUID in the form in which the exchange writes one: lower case (RFC 9562, section 4), of whatever version. To be asked of
 * every id from a path or a parameter, before PostgreSQL is: it takes what is none for a fault of the query's.
 */
export const isUuid = (text: string): boolean => UUID.test(text);
