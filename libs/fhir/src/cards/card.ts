import type { Coding } from '@medplum/fhirtypes';

import type { CoverageRow } from '../manifest/coverage-row.js';
import type { MergedRecord } from '../merge/merged-record.js';
import { systems } from '../terminology/code-systems.js';
import { oneLine } from '../terminology/plain-text.js';

/** A card of CDS Hooks 2.0 (https://cds-hooks.hl7.org/2.0/#card-attributes), as far as this exchange sends it: it suggests no actions. */
export interface Card {
  readonly uuid: string;
  /** Less than 140 characters. */
  readonly summary: string;
  /** GitHub Flavored Markdown. */
  readonly detail: string;
  readonly indicator: 'info' | 'warning' | 'critical';
  readonly source: { readonly label: string; readonly url?: string; readonly topic: Coding };
  readonly links: readonly { readonly label: string; readonly url: string; readonly type: 'absolute' }[];
}

/** What a card is about. Closed and stable; `source.topic` carries it, so that a client can order or mute by topic. */
export const cardTopics = {
  'severe-allergy': 'Severe allergy',
  allergies: 'Allergies',
  anticoagulants: 'Anticoagulants and antiplatelet drugs',
  'heart-medications': 'Heart medications',
  'high-alert-medications': 'High-alert medications',
  'prohibited-medications': 'Medications not to be given',
  medications: 'Medications',
  problems: 'Problems',
  implants: 'Implants',
  'advance-directives': 'Advance directives',
  coverage: 'Coverage',
  'late-result': 'Late result',
} as const;

export type CardTopic = keyof typeof cardTopics;

/** Everything the cards of one answer are made from. */
export interface CardContext {
  readonly record: MergedRecord;
  /** Rows that may be told (`releaseCoverage`). */
  readonly coverage: readonly CoverageRow[];
  /** Absolute URL of the query, where the whole answer and what comes late can be read. */
  readonly queryUrl: string;
  /** The exchange, as the card names it. */
  readonly source: { readonly label: string; readonly url?: string };
  /** The ledger's receipt, without which nothing is released. */
  readonly receipt?: { readonly index: number; readonly proofUrl?: string };
  /** Names to UUIDs, the same for the same name: a repeated answer has the same cards. */
  readonly uuidOf: (name: string) => string;
}

/** CDS Hooks 2.0: "summary: one-sentence, <140-character". */
const LONGEST_SUMMARY = 139;

/**
 * One card.
 *
 * @param key what tells the card from others of its topic
 * @throws RangeError when `queryUrl` is not absolute: a client would resolve it against its own address
 */
export function card(
  { queryUrl, source, uuidOf }: CardContext,
  topic: CardTopic,
  indicator: Card['indicator'],
  said: { readonly summary: string; readonly detail: string; readonly key?: string },
): Card {
  if (!/^https?:\/\//.test(queryUrl)) throw new RangeError('queryUrl must be absolute');
  return {
    uuid: uuidOf(`card ${topic} ${said.key ?? ''}`),
    summary: oneLine(said.summary, LONGEST_SUMMARY),
    detail: said.detail,
    indicator,
    source: {
      label: source.label,
      ...(source.url !== undefined && { url: source.url }),
      topic: { system: systems.cardTopic, code: topic, display: cardTopics[topic] },
    },
    links: [{ label: 'Open the full answer', url: queryUrl, type: 'absolute' }],
  };
}
