/** What a token allows, by resource type; `*` stands for every type. */
export type Grants = ReadonlyMap<string, { readonly read: boolean; readonly search: boolean }>;

const SCOPE = /^system\/(\*|[A-Za-z]+)\.(read|\*|c?r?u?d?s?)$/;

/** Whether a scope is one that this server can grant: `system/Type.rs`, or the older `system/Type.read`. */
export function isGrantable(scope: string): boolean {
  const [, , permissions = ''] = SCOPE.exec(scope) ?? [];
  return permissions === 'read' || permissions === '*' || (/^r?s?$/.test(permissions) && permissions !== '');
}

/** Reads the scopes of SMART App Launch 2.2 for backend services, in the older and the newer syntax. What is not understood grants nothing. */
export function grantsOf(scopes: string): Grants {
  const grants = new Map<string, { read: boolean; search: boolean }>();
  for (const scope of scopes.split(' ')) {
    const [, type, permissions = ''] = SCOPE.exec(scope) ?? [];
    if (type === undefined) continue;
    const all = permissions === 'read' || permissions === '*';
    const known = grants.get(type) ?? { read: false, search: false };
    grants.set(type, {
      read: known.read || all || permissions.includes('r'),
      search: known.search || all || permissions.includes('s'),
    });
  }
  return grants;
}

/** Whether a token may read or search a type. */
export function allows(grants: Grants, type: string, what: 'read' | 'search'): boolean {
  return (grants.get(type)?.[what] ?? false) || (grants.get('*')?.[what] ?? false);
}
