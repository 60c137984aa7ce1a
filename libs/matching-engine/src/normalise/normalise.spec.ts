import fc from 'fast-check';

import { normaliseAddress } from './address.js';
import { dayOf, monthOf, packDate, parseBirthDate, yearOf } from './birth-date.js';
import { lastFourOffset, parseEmail, parseNationalId, parsePhone } from './contact.js';
import { foldText } from './fold-text.js';
import { areFamiliar, nicknameNumber, nicknameWeight } from './nicknames.js';
import { normaliseName } from './normalise-name.js';
import { normaliseRecord } from './normalise-record.js';

describe('foldText', () => {
  it.each([
    ['José Núñez', 'jose nunez'],
    ["O'Neil", 'oneil'],
    ['Łukasz Żółć', 'lukasz zolc'],
    ['Straße', 'strasse'],
    ['Ærø', 'aero'],
    ['Иванов', 'ivanov'],
    ['Παπαδόπουλος', 'papadopoylos'],
    ['Smith-Jones', 'smith jones'],
    ['  Mary   ANN ', 'mary ann'],
    ['王小明', '王小明'],
  ])('%s → %s', (raw, folded) => expect(foldText(raw)).toBe(folded));

  it('is idempotent and does not care how accents are composed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
        expect(foldText(text.normalize('NFD'))).toBe(foldText(text.normalize('NFC')));
      }),
    );
  });
});

describe('normaliseName', () => {
  const read = (given: string, family: string, middle = '', suffix = ''): object =>
    normaliseName({ given, family, middle, suffix });

  it.each([
    ['a suffix in the family name', read('Roberto', 'Vasquez Jr.'), { given: 'roberto', family: 'vasquez', suffix: 1 }],
    ['a suffix of its own', read('Roberto', 'Vasquez', '', 'III'), { family: 'vasquez', suffix: 4 }],
    ['a title', read('Dr. Ann', 'Lee'), { given: 'ann', family: 'lee' }],
    ['an initial in the given name', read('Harper J', 'Diaz'), { given: 'harper', middle: 'j' }],
    ['a newborn', read('Baby Girl', 'Lynde'), { given: '', newborn: true, newbornSex: 1, twin: 0 }],
    ['a newborn twin', read('BB B', 'Schmitt'), { given: '', newborn: true, newbornSex: 2, twin: 2 }],
    ['a name that only begins like one', read('Boyd', 'Crowder'), { given: 'boyd', newborn: false }],
    ['a placeholder', read('UNKNOWN', 'Smith'), { given: '', family: 'smith' }],
    ['John Doe', read('John', 'Doe'), { given: '', family: '' }],
    ['a scanning error', read('8rian', 'Br0wn'), { given: 'brian', family: 'brown' }],
    ['a prefix apart', read('Ian', 'Mc Donald'), { family: 'mcdonald' }],
  ])('%s', (_, name, expected) => expect(name).toMatchObject(expected));
});

describe('dates of birth', () => {
  it.each([
    ['1980-03-07', 1980, 3, 7],
    ['19800307', 1980, 3, 7],
    ['1980-03-07T11:20:00Z', 1980, 3, 7],
    ['03/07/1980', 1980, 3, 7],
    ['25/12/1980', 1980, 12, 25],
    ['7 Mar 1980', 1980, 3, 7],
    ['1980-03', 1980, 3, 0],
    ['1980', 1980, 0, 0],
    ['2k019-03-24', 2019, 3, 24],
  ])('%s', (text, year, month, day) => {
    const date = parseBirthDate(text);
    expect([yearOf(date), monthOf(date), dayOf(date)]).toEqual([year, month, day]);
  });

  it.each(['1900-01-01', '', undefined, 'unknown', '12', '0000-00-00'])('%s is missing', (text) =>
    expect(parseBirthDate(text)).toBe(0),
  );

  it('keeps the order of dates', () => {
    expect(packDate(1980, 12, 31)).toBeLessThan(packDate(1981, 1, 1));
  });
});

describe('contacts', () => {
  it('reads one number with and without country code and punctuation', () => {
    expect(
      new Set(['(937) 234-0134', '+1 937 234 0134', '937.234.0134', '001-937-234-0134'].map(parsePhone)).size,
    ).toBe(1);
    expect(parsePhone('+27 82 123 4567')).toBe(parsePhone('082 123 4567'));
  });

  it.each(['999-999-9999', '000-000-0000', '555-555-1212', '(555) 555-5555', '123', ''])(
    '%s is no telephone number',
    (text) => expect(parsePhone(text)).toBe(0),
  );

  it('drops tags and fillers of e-mail', () => {
    expect(parseEmail('Ann.Lee+hospital@Mail.example.org')).toBe('ann.lee@mail.example.org');
    expect(['none@none.com', 'noemail@x.com', 'ann', ''].map(parseEmail)).toEqual(['', '', '', '']);
  });

  it('keeps last four digits apart from whole numbers', () => {
    expect(parseNationalId('4471')).toBe(lastFourOffset + 4471);
    expect(parseNationalId('219-09-9999')).toBe(219_099_999);
    expect(['0000', '9999', '1234', '999-99-9999', '123456789', ''].map(parseNationalId)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('normaliseAddress', () => {
  const street = (line: string, unit = ''): object =>
    normaliseAddress({ street: line, unit, city: 'Dayton', postalCode: '45402-1234' });

  it.each([
    ['12 North Elm Street', { houseNumber: '12', street: 'elm', postalCode: '45402' }],
    ['12 N ELM ST APT 3B', { houseNumber: '12', street: 'elm', unit: '3b' }],
    ['452 71ST Terrace # D4', { houseNumber: '452', street: '71', unit: 'd4' }],
    ['PO Box 55', { houseNumber: '', street: '' }],
    ['HOMELESS', { street: '' }],
    ['GENERAL DELIVERY', { street: '' }],
  ])('%s', (line, expected) => expect(street(line)).toMatchObject(expected));

  it('takes a locality in the second line for no unit', () => {
    expect(street('6 tullaroop street', 'willaroo')).toMatchObject({ unit: '' });
    expect(street('6 tullaroop street', 'Lot B17')).toMatchObject({ unit: 'b17' });
  });
});

describe('nicknames', () => {
  it('weighs both directions alike, ambiguous ones less', () => {
    expect(nicknameWeight('kate', 'katherine')).toBe(nicknameWeight('katherine', 'kate'));
    expect(nicknameWeight('kate', 'katherine')).toBeGreaterThan(0.2);
    expect(nicknameWeight('al', 'alexander')).toBeLessThan(nicknameWeight('bill', 'william'));
    expect(nicknameWeight('mary', 'robert')).toBe(0);
  });

  it('knows by number what it knows by name', () => {
    const numberOf = (name: string): number => nicknameNumber(name);
    expect(areFamiliar(numberOf('bill'), numberOf('william'))).toBe(true);
    expect(areFamiliar(numberOf('bill'), numberOf('mary'))).toBe(false);
    expect(nicknameNumber('zzyzx')).toBe(0);
  });
});

it('never throws on a record, whatever a feed sends', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, text, text, (a, b, c, d, e) => {
      const record = normaliseRecord({
        names: [{ given: a, middle: b, family: c, suffix: d }],
        birthDates: [e],
        sex: a,
        addresses: [{ street: a, unit: b, city: c, postalCode: d }],
        phones: [b],
        emails: [c],
        nationalIds: [d],
        identifiers: [{ system: a, value: b }],
      });
      expect(record.birthDates).not.toContain(0);
      expect(record.phones).not.toContain(0);
    }),
  );
});
