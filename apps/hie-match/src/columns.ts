import { type ExtraField, type PatientRecord } from '@hie/matching-engine';

import { Complaint } from './complaint.js';

/** What a column is read as. */
export const canonicalFields = [
  ...[
    'id',
    'source',
    'name',
    'given',
    'middle',
    'family',
    'suffix',
    'birthDate',
    'sex',
    'street',
    'unit',
    'city',
    'state',
    'postalCode',
  ],
  ...['phone', 'email', 'ssn', 'ssnLast4', 'mrn'],
] as const;
export type CanonicalField = (typeof canonicalFields)[number];

/** One entry of a mapping: a field, and the columns (joined by a space) that hold it. */
export interface MappedColumn {
  /** A canonical field, `identifier:SYSTEM`, `category:NAME` or `text:NAME`. */
  readonly field: string;
  readonly columns: readonly string[];
}

/** Names by which sources call the canonical fields, folded to letters and digits. */
const aliases: Readonly<Record<CanonicalField, string>> = {
  id: 'id recid recordid rowid uniqueid recordno recordnumber patientrecordid',
  source: 'source facility site sourcesystem hospital organization',
  name: 'name fullname patientname',
  given: 'given givenname first firstname fname forename christianname name1',
  middle: 'middle middlename mname secondname middleinitial mi middlenames',
  family: 'family familyname last lastname lname surname sname',
  suffix: 'suffix namesuffix generation',
  birthDate: 'birthdate dateofbirth dob birthday bdate birthyear yearofbirth yob',
  sex: 'sex gender administrativegender administrativesex',
  street:
    'street address address1 addressline1 addr addr1 streetaddress streetname streetnumber housenumber addressline streetline',
  unit: 'unit apartment apt address2 addressline2 addr2 unitnumber',
  city: 'city town suburb municipality locality placename village',
  state: 'state province region county district',
  postalCode: 'postalcode zip zipcode postcode zip5',
  phone: 'phone phonenumber telephone tel mobile cell homephone cellphone mobilephone workphone phone1 phone2',
  email: 'email emailaddress mail emailaddr',
  ssn: 'ssn socialsecuritynumber socsecid nationalid nationalidentifier nin nhsnumber socialsecurity',
  ssnLast4: 'ssnlast4 ssn4 last4ssn lastfourssn last4',
  mrn: 'mrn medicalrecordnumber patientid hospitalnumber',
};

/** Columns that no automatic mapping takes, as they may hold the answer. */
const fold = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * Reads `--map`: `field=column` parted by commas, several columns of one value joined with `+` (`street=number+name`). A field may stand
 * several times, for several values, but `category:NAME` and `text:NAME` only once. Several columns for `street` are parts of one line.
 *
 * @throws Complaint for an entry that cannot be read, an unknown field, an extra one twice, or a column that the header does not have.
 */
export function parseMap(text: string, header: readonly string[]): readonly MappedColumn[] {
  const mapped = text
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const at = entry.indexOf('=');
      if (at < 1) throw new Complaint('usage', `--map: "${entry}" is not field=column.`);
      return { field: canonicalOf(entry.slice(0, at).trim()), columns: columnsOf(entry.slice(at + 1).trim(), header) };
    });
  const twice = mapped.find(({ field }, i) => isExtra(field) && mapped.findIndex((other) => other.field === field) < i);
  if (twice !== undefined)
    throw new Complaint(
      'usage',
      `--map: "${twice.field}" stands twice. Join its columns with +, or give them two names.`,
    );
  return joinStreets(mapped);
}

const isExtra = (field: string): boolean => /^(?:category|text):/.test(field);

function columnsOf(text: string, header: readonly string[]): string[] {
  if (header.includes(text)) return [text];
  const columns = text.split('+').map((name) => name.trim());
  for (const name of columns) {
    if (!header.includes(name))
      throw new Complaint('column', `--map: the file has no column "${name}". It has: ${header.join(', ')}.`);
  }
  return columns;
}

function canonicalOf(field: string): string {
  if (/^(?:identifier|category|text):./.test(field)) return field;
  const found =
    canonicalFields.find((name) => fold(name) === fold(field)) ??
    canonicalFields.find((name) => aliases[name].split(' ').includes(fold(field)));
  if (found !== undefined) return found;
  throw new Complaint(
    'usage',
    `--map: "${field}" is no field. Fields are ${canonicalFields.join(', ')}, identifier:SYSTEM, category:NAME and text:NAME.`,
  );
}

/** The mapping that the names of the columns suggest. */
export function guessMap(header: readonly string[]): readonly MappedColumn[] {
  const mapped: MappedColumn[] = [];
  for (const name of header) {
    const field = canonicalFields.find((canonical) => aliases[canonical].split(' ').includes(fold(name)));
    if (field === undefined) continue;
    if (field === 'name' && header.some((other) => aliases.family.split(' ').includes(fold(other)))) continue;
    mapped.push({ field, columns: [name] });
  }
  const first = (field: CanonicalField): MappedColumn | undefined => mapped.find((entry) => entry.field === field);
  const single = new Set<string>(['id', 'source', 'given', 'family', 'birthDate', 'sex']);
  return joinStreets(
    mapped.filter((entry) => !single.has(entry.field) || entry === first(entry.field as CanonicalField)),
  );
}

/** House number and street name in two columns are one line, the number first; so are several address lines. */
function joinStreets(mapped: readonly MappedColumn[]): readonly MappedColumn[] {
  const streets = mapped.filter(({ field }) => field === 'street');
  if (streets.length < 2) return mapped;
  const columns = streets.flatMap((entry) => entry.columns);
  const isNumber = (name: string): boolean => /num|nbr|no$/.test(fold(name));
  const ordered = [...columns.filter(isNumber), ...columns.filter((name) => !isNumber(name))];
  return [...mapped.filter(({ field }) => field !== 'street'), { field: 'street', columns: ordered }];
}

/** The extra comparisons a mapping asks for. */
export function extraFieldsOf(mapped: readonly MappedColumn[]): readonly ExtraField[] {
  return mapped.flatMap(({ field }) => {
    const [kind, name = ''] = field.split(/:(.*)/s);
    return kind === 'category' || kind === 'text' ? [{ name, kind }] : [];
  });
}

/** Makes records from rows of a file with this header. */
export function recordReader(
  mapped: readonly MappedColumn[],
  header: readonly string[],
): (values: readonly string[]) => PatientRecord {
  const at = (field: string): number[][] =>
    mapped.filter((entry) => entry.field === field).map(({ columns }) => columns.map((name) => header.indexOf(name)));
  const fields = Object.fromEntries(canonicalFields.map((field) => [field, at(field)])) as Readonly<
    Record<CanonicalField, number[][]>
  >;
  const identifiers = mapped
    .filter(({ field }) => field.startsWith('identifier:'))
    .map(({ field, columns }) => ({
      system: field.slice(11),
      places: columns.map((name) => header.indexOf(name)),
    }));
  const extras = extraFieldsOf(mapped).map(({ name, kind }) => ({ name, places: at(`${kind}:${name}`)[0] ?? [] }));
  const text = (values: readonly string[], places: readonly number[]): string =>
    places.length === 1
      ? (values[places[0] ?? 0] ?? '')
      : places
          .map((place) => values[place] ?? '')
          .join(' ')
          .trim();
  /** The n-th value of a field: where it stands is looked up once, not for every row. */
  const reader = (field: CanonicalField, n: number): ((values: readonly string[]) => string | undefined) => {
    const places = fields[field][n];
    return places === undefined ? () => undefined : (values) => text(values, places);
  };
  const every = (field: CanonicalField): ((values: readonly string[]) => string[]) => {
    const [only, ...more] = fields[field];
    if (only === undefined) return () => [];
    if (more.length === 0) return (values) => [text(values, only)];
    return (values) => fields[field].map((places) => text(values, places));
  };
  const upTo = <T>(names: readonly CanonicalField[], least: number, make: (n: number) => T): T[] =>
    Array.from({ length: Math.max(least, ...names.map((name) => fields[name].length)) }, (_, n) => make(n));
  const hasName = fields.name.length > 0;
  const names = upTo(['name', 'given', 'middle', 'family', 'suffix'], 1, (n) => {
    const whole = reader('name', n);
    const [given, middle, family, suffix] = [
      reader('given', n),
      reader('middle', n),
      reader('family', n),
      reader('suffix', n),
    ];
    return (values: readonly string[]) => {
      const parts = { given: given(values), middle: middle(values), family: family(values), suffix: suffix(values) };
      return hasName ? { ...splitName(whole(values)), ...recorded(parts) } : parts;
    };
  });
  const addresses = upTo(['street', 'unit', 'city', 'state', 'postalCode'], 0, (n) => {
    const [street, unit, city] = [reader('street', n), reader('unit', n), reader('city', n)];
    const [state, postalCode] = [reader('state', n), reader('postalCode', n)];
    return (values: readonly string[]) => ({
      street: street(values),
      unit: unit(values),
      city: city(values),
      state: state(values),
      postalCode: postalCode(values),
    });
  });
  const [source, sex] = [reader('source', 0), reader('sex', 0)];
  const [birthDates, phones, emails] = [every('birthDate'), every('phone'), every('email')];
  const [wholeIds, lastFours, mrns] = [every('ssn'), every('ssnLast4'), every('mrn')];
  return (values) => {
    const numbers = mrns(values);
    const system = numbers.length === 0 ? '' : `mrn ${source(values) ?? ''}`;
    const record = {
      names: names.map((read) => read(values)),
      birthDates: birthDates(values),
      sex: sex(values),
      addresses: addresses.map((read) => read(values)),
      phones: phones(values),
      emails: emails(values),
      nationalIds: [...wholeIds(values), ...lastFours(values)],
      identifiers: [
        ...numbers.map((value) => ({ system, value })),
        ...identifiers.map((identifier) => ({ system: identifier.system, value: text(values, identifier.places) })),
      ],
    };
    if (extras.length === 0) return record;
    return { ...record, extras: Object.fromEntries(extras.map(({ name, places }) => [name, text(values, places)])) };
  };
}

/** The parts that are there; an absent one must not hide what a whole name says. */
function recorded(parts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** "Family, Given Middle" or "Given Middle Family". */
function splitName(name: string | undefined): { given?: string; middle?: string; family?: string } {
  if (name === undefined) return {};
  const [family = '', rest] = name.split(/,(.*)/s);
  const words = (rest ?? family).trim().split(/\s+/);
  if (rest !== undefined) return { family, given: words[0] ?? '', middle: words.slice(1).join(' ') };
  return {
    given: words[0] ?? '',
    middle: words.slice(1, -1).join(' '),
    family: words.length > 1 ? (words.at(-1) ?? '') : '',
  };
}
