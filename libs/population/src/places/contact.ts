import { withoutAccents } from '../names/accents.js';
import { type Random, below, between, chance, pick } from '../random/random.js';

/**
 * Ten digits of a North American number: area code of the place (or, for one mobile in eight, of another region), an exchange that is
 * not a service code (N11) nor 555.
 */
export function drawPhone(random: Random, areaCodes: readonly string[]): string {
  const elsewhere = chance(random, 0.12);
  const foreign = String(between(random, 201, 989));
  const area = elsewhere ? foreign : pick(random, areaCodes);
  let exchange = between(random, 200, 999);
  if (exchange % 100 === 11 || exchange === 555) exchange += 1;
  return `${area}${exchange}${String(below(random, 10000)).padStart(4, '0')}`;
}

// Reserved for documentation (RFC 2606): no generated address can reach anybody.
const MAIL_DOMAINS = [
  'inbox.example',
  'inbox.example',
  'inbox.example',
  'post.example',
  'mailbox.example',
  'letters.example',
] as const;

/** An e-mail address in one of the usual patterns of name, initials, year and number. */
export function drawEmail(random: Random, given: string, family: string, birthYear: number): string {
  const plain = (text: string): string =>
    withoutAccents(text)
      .toLowerCase()
      .replace(/[^a-z]/g, '');
  const first = plain(given);
  const last = plain(family.split(' ')[0] ?? family);
  const year = String(birthYear).slice(2);
  const local = pick(random, [
    `${first}.${last}`,
    `${first}${last}${between(random, 1, 99)}`,
    `${first.charAt(0)}${last}`,
    `${last}${first.charAt(0)}${year}`,
    `${first}${year}`,
    `${first}${between(random, 100, 999)}`,
    `${first}_${last}`,
  ]);
  return `${local}@${pick(random, MAIL_DOMAINS)}`;
}
