// Two lists, because neither library may know the other: what the exchange calls critical, and what members are asked first.
import { criticalKinds, recordKinds } from '@hie/contracts';
import { recordSearches, searchesOf } from '@hie/fhir';

const typesOf = (searches: readonly { readonly type: string }[]) => [...new Set(searches.map(({ type }) => type))];

it('asks first for every critical kind, and for no other', () => {
  expect(typesOf(searchesOf('critical'))).toEqual([...criticalKinds]);
});

it('asks for every kind of record there is', () => {
  expect(typesOf(recordSearches).sort()).toEqual([...recordKinds].sort());
});
