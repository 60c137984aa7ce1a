// What the seeded people are called, where they live and by which numbers they are known; and whether any of it stands somewhere.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Initials and house letters are met by chance. */
const SHORTEST = 3;
const SEPARATOR = /[^\p{L}\p{N}'’-]+/u;

/** Names, numbers, addresses, telephones and birthdays of everybody at every hospital, as they are written down. */
export async function everythingKnown(exchange) {
  const known = new Set();
  for (const hospital of exchange.hospitals) {
    const own = exchange.ownClientOf(hospital);
    let next = `${hospital.fhirUrl}/Patient?_count=100`;
    while (next !== undefined) {
      const page = (await own.call('GET', next, { purpose: 'TREAT', scope: 'system/*.rs' })).json();
      for (const { resource } of page.entry ?? []) for (const word of wordsOf(resource)) known.add(word);
      next = page.link?.find(({ relation }) => relation === 'next')?.url;
    }
  }
  return known;
}

function wordsOf({ name = [], address = [], telecom = [], identifier = [], birthDate }) {
  const all = [
    ...name.flatMap(({ family, given = [] }) => [family, ...given]),
    ...address.flatMap(({ line = [] }) => line),
    ...telecom.map(({ value }) => value),
    ...identifier.map(({ value }) => value),
    birthDate,
  ];
  return all.filter((word) => word !== undefined && word.length >= SHORTEST);
}

/** Which of them stand in a text, as whole words. */
export function wordsIn(text, known) {
  const words = new Set(text.split(SEPARATOR));
  return [...known].filter((word) => (SEPARATOR.test(word) ? text.includes(word) : words.has(word)));
}

/** Those in the logs of a run and in the spans of its exchange, with where. */
export function leaksOf({ logs, spans }, known) {
  const inLogs = readdirSync(logs).flatMap((file) =>
    wordsIn(readFileSync(join(logs, file), 'utf8'), known).map((word) => ({ at: `log ${file}`, word })),
  );
  // A tier has hundreds of thousands of spans, and they say the same few hundred things.
  const said = new Map();
  for (const { name, service, attributes = [], events = [], status } of spans) {
    for (const one of [name, ...[...attributes, ...events, status].map((each) => JSON.stringify(each) ?? '')])
      if (!said.has(one)) said.set(one, `span ${name} of ${service}`);
  }
  const inSpans = [...said].flatMap(([text, at]) => wordsIn(text, known).map((word) => ({ at, word })));
  return [...inLogs, ...inSpans];
}
