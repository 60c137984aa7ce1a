// docs/exchange-file.md describes `.run/exchange.json`: its example is one, and its table has every field.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

import { exchangeDescriptionSchema } from './exchange-file.js';

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

const page = readFileSync(new URL('../../../../docs/exchange-file.md', import.meta.url), 'utf8');

/** The names of all values in a schema: `gateway.url`, `hospitals[].client.scopes[]`. */
function fieldsOf({ properties, items }: JsonSchema, path: string): string[] {
  if (items !== undefined) return fieldsOf(items, `${path}[]`);
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([name, schema]) =>
    fieldsOf(schema, path === '' ? name : `${path}.${name}`),
  );
}

it('has a row for every field, in the order of the schema', () => {
  const rows = [...page.matchAll(/^\| `([A-Za-z.[\]]+)` +\|/gm)].map(([, field]) => field);
  expect(rows).toEqual(fieldsOf(z.toJSONSchema(exchangeDescriptionSchema) as JsonSchema, ''));
});

it('shows an example that is one, with nothing beside what is described', () => {
  const [, text = ''] = /^```json\n([\s\S]*?)^```/m.exec(page) ?? [];
  const example: unknown = JSON.parse(text);
  expect(exchangeDescriptionSchema.parse(example)).toEqual(example);
});
