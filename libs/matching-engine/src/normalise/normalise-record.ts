import { type AddressParts, noAddress, normaliseAddress, type NormalisedAddress } from './address.js';
import { type PackedDate, parseBirthDate } from './birth-date.js';
import { parseEmail, parseNationalId, parsePhone } from './contact.js';
import { foldOnce, foldText } from './fold-text.js';
import { type NameParts, normaliseName, type NormalisedName } from './normalise-name.js';

/** An identifier with the authority that assigned it: the same value under two authorities is two identifiers. */
export interface AssignedIdentifier {
  readonly system: string;
  readonly value: string;
}

/**
 * A patient's demographics as a source sends them. Every field may hold several values, the current one first: earlier names,
 * addresses and numbers are kept and compared. All text is raw; `normaliseRecord` reads it.
 */
export interface PatientRecord {
  readonly names?: readonly NameParts[];
  /** ISO 8601 or any form that `parseBirthDate` reads. */
  readonly birthDates?: readonly string[];
  /** Administrative sex: F, M, female, male; anything else is not compared. */
  readonly sex?: string | undefined;
  readonly addresses?: readonly AddressParts[];
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
  /** National identifiers, whole or as their last four digits. */
  readonly nationalIds?: readonly string[];
  readonly identifiers?: readonly AssignedIdentifier[];
  /** Values of the index's extra fields (`MatchIndexOptions.extraFields`), by name. */
  readonly extras?: Readonly<Record<string, string | undefined>>;
}

/** A record ready to compare: folded, placeholders emptied, every list free of missing values. */
export interface NormalisedRecord {
  /** Tells it from a raw record: what was read once is not read again. */
  readonly isNormalised: true;
  readonly names: readonly NormalisedName[];
  readonly birthDates: readonly PackedDate[];
  /** 0 not recorded, 1 female, 2 male. */
  readonly sex: 0 | 1 | 2;
  readonly addresses: readonly NormalisedAddress[];
  readonly phones: readonly number[];
  readonly emails: readonly string[];
  readonly nationalIds: readonly number[];
  readonly identifiers: readonly AssignedIdentifier[];
  readonly extras: Readonly<Record<string, string>>;
}

/**
 * Reads a raw record. What is a placeholder, a filler or unreadable is missing afterwards, never a value and never an error: a feed's
 * bad habits must not become disagreements. A record that is normalised already is returned as it is: whoever searches for a record and
 * then enters it reads it once.
 */
export function normaliseRecord(record: PatientRecord | NormalisedRecord): NormalisedRecord {
  if ('isNormalised' in record) return record;
  const names = (record.names ?? [])
    .map(normaliseName)
    .filter((name, at) => at === 0 || name.given + name.family !== '');
  const first = names[0];
  return {
    isNormalised: true,
    names,
    birthDates: kept((record.birthDates ?? []).map(parseBirthDate)),
    sex: parseSex(record.sex) || (first?.newbornSex ?? 0),
    addresses: (record.addresses ?? []).map(normaliseAddress).filter((address) => isRecorded(address)),
    phones: kept((record.phones ?? []).map(parsePhone)),
    emails: keptTexts((record.emails ?? []).map(parseEmail)),
    nationalIds: kept((record.nationalIds ?? []).map(parseNationalId)),
    identifiers: (record.identifiers ?? [])
      .map(foldIdentifier)
      .filter(({ value }) => value !== '' && !/^0+$/.test(value)),
    extras: record.extras === undefined ? noExtras : foldExtras(record.extras),
  };
}

export function parseSex(text: string | undefined): 0 | 1 | 2 {
  const letter = (text ?? '').trim().toLowerCase();
  if (letter === 'f' || letter === 'female' || letter === 'w' || letter === 'woman') return 1;
  return letter === 'm' || letter === 'male' || letter === 'man' ? 2 : 0;
}

function foldIdentifier({ system, value }: AssignedIdentifier): AssignedIdentifier {
  return { system: system.trim(), value: foldOnce(value).replace(/ /g, '') };
}

function isRecorded(address: NormalisedAddress): boolean {
  return address !== noAddress && address.street + address.city + address.postalCode !== '';
}

const noExtras: NormalisedRecord['extras'] = {};

const foldExtras = (extras: NonNullable<PatientRecord['extras']>): NormalisedRecord['extras'] =>
  Object.fromEntries(Object.entries(extras).map(([name, value]) => [name, foldText(value ?? '')]));

function keptTexts(texts: readonly string[]): readonly string[] {
  if (texts.length === 1) return texts[0] === '' ? [] : texts;
  return [...new Set(texts)].filter((text) => text !== '');
}

function kept(numbers: readonly number[]): number[] {
  if (numbers.length === 1) return numbers[0] === 0 ? [] : [...numbers];
  return [...new Set(numbers)].filter((number) => number !== 0);
}
