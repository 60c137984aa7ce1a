const methods = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'];

/** What of an OpenAPI document is read here. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PublishedRoute {
  readonly method: string;
  /** With `{name}` for each of its parameters. */
  readonly path: string;
}

/** Each operation of a document; what else stands beside operations is left out. */
export const routesIn = ({ paths }: OpenApi): readonly PublishedRoute[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .map((key) => ({ method: key.toUpperCase(), path }))
      .filter(({ method }) => methods.includes(method)),
  );
