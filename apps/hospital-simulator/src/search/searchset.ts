import { type StoredResource } from '../records/chart-cache.js';
import { type SearchQuery } from './search-query.js';

const COMMA = Buffer.from(',');
const END = Buffer.from(']}');

/**
 * A searchset Bundle as bytes, made of the entries' own bytes: `total`, links to itself and to the next page (FHIR R4, Search, 3.1.1.1).
 * The links name only what was used of the search.
 *
 * @param fhirUrl the member's FHIR base, without a slash at the end.
 */
export function searchset(query: SearchQuery, page: readonly StoredResource[], total: number, fhirUrl: string): Buffer {
  const head = Buffer.from(
    `{"resourceType":"Bundle","type":"searchset","total":${total},"link":[${linksOf(query, total, fhirUrl)}]${page.length === 0 ? '}' : ',"entry":['}`,
  );
  if (page.length === 0) return head;
  const parts: Buffer[] = [head];
  page.forEach((resource, i) => {
    if (i > 0) parts.push(COMMA);
    parts.push(resource.entry);
  });
  parts.push(END);
  return Buffer.concat(parts);
}

/** The resources of the page that was asked for. */
export function pageOf<T>(query: SearchQuery, found: readonly T[]): readonly T[] {
  return query.countOnly ? [] : found.slice(query.offset, query.offset + query.count);
}

function linksOf(query: SearchQuery, total: number, fhirUrl: string): string {
  const url = (offset: number): string => {
    const pairs = [...query.used.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)];
    pairs.push(`_count=${query.countOnly ? 0 : query.count}`, ...(offset > 0 ? [`_offset=${offset}`] : []));
    return `${fhirUrl}/${query.type}?${pairs.join('&')}`;
  };
  const link = (relation: string, offset: number): string =>
    `{"relation":"${relation}","url":${JSON.stringify(url(offset))}}`;
  const { offset, count, countOnly } = query;
  const links = [link('self', offset)];
  if (!countOnly && offset + count < total) links.push(link('next', offset + count));
  if (!countOnly && offset > 0) links.push(link('previous', Math.max(0, offset - count)));
  return links.join(',');
}
