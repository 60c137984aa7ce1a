// What services tell the ledger of, and what the ledger can tell of it as FHIR AuditEvents: the same list.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { auditActions } from '@hie/ledger-report';

import { checkout, ownFiles } from './workspace.js';

/** Words of the same shape that are no actions: scopes, search parameters, names of settings and files. */
const otherWords =
  /^(hie|http|cert|key(?!s\.)|cleanup|retention|identity-index|pointer|patient\.identifier$|consent\.version$|agent\.|entity\.|source\.|review\.content$|person\.(name|email)$|passkey\.js$|pages\.css$|openapi\.json$|break-glass\.no-case$)/;

const services = ownFiles('ts').filter(
  (path) =>
    /^(apps\/[^/]+|libs\/messaging|libs\/service-kit)\/src\//.test(path) &&
    !/spec\.ts$|hospital-simulator|apps\/hie/.test(path),
);

/** `'noun.verb'`, the shape of every action, with the files that write it. */
function actionsInSources(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of services) {
    const source = readFileSync(join(checkout, path), 'utf8');
    for (const [, word = ''] of source.matchAll(/'([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)'/g)) {
      if (!otherWords.test(word)) found.set(word, path);
    }
  }
  return found;
}

describe('the actions of the ledger', () => {
  it('that services write are all told as AuditEvents', () => {
    const found = actionsInSources();
    expect(found.size).toBeGreaterThan(15);
    expect([...found].filter(([action]) => !Object.hasOwn(auditActions, action))).toEqual([]);
  });

  it('that are told are all written by a service', () => {
    const found = actionsInSources();
    expect(Object.keys(auditActions).filter((action) => !found.has(action))).toEqual([]);
  });
});
