type Json = Readonly<Record<string, unknown>>;

/** By what names withheld resources are referred to from elsewhere. */
export interface WithheldNames {
  readonly add: (resource: Json, fullUrl?: unknown) => void;
  /** Whether a reference, url or canonical leads to one of them. */
  readonly includesUrl: (url: string) => boolean;
  /** Whether a logical reference names one of them. */
  readonly includesIdentifier: (identifier: unknown) => boolean;
}

export function withheldNames(): WithheldNames {
  const urls = new Set<string>();
  const identifiers = new Set<string>();
  return {
    add(resource, fullUrl) {
      if (typeof fullUrl === 'string') urls.add(fullUrl);
      if (typeof resource['url'] === 'string') urls.add(resource['url']);
      if (typeof resource['id'] === 'string') {
        urls.add(`${String(resource['resourceType'])}/${resource['id']}`);
        urls.add(`urn:uuid:${resource['id']}`);
      }
      const own = resource['identifier'];
      for (const one of Array.isArray(own) ? (own as unknown[]) : [own]) {
        const key = identifierKey(one);
        if (key !== undefined) identifiers.add(key);
      }
    },
    includesUrl(url) {
      const plain = url.replace(/\/_history\/[^/]*$/, '').replace(/[|#].*$/, '');
      return urls.has(url) || urls.has(plain) || urls.has(plain.split('/').slice(-2).join('/'));
    },
    includesIdentifier(identifier) {
      const key = identifierKey(identifier);
      return key !== undefined && identifiers.has(key);
    },
  };
}

function identifierKey(identifier: unknown): string | undefined {
  if (typeof identifier !== 'object' || identifier === null) return undefined;
  const { system, value } = identifier as { system?: unknown; value?: unknown };
  return typeof system === 'string' && typeof value === 'string' ? `${system}|${value}` : undefined;
}
