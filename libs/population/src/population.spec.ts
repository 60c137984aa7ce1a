import { createHash } from 'node:crypto';

import { type FlatRecord, csvLine, population, valueOn } from './index.js';

const small = population({ seed: 11, people: 3_200, hospitals: 8 });
const records = [...small.records()];
const byPerson = Map.groupBy(records, ({ person_id }) => person_id);
const digest = (lines: Iterable<FlatRecord>): string => {
  const hash = createHash('sha256');
  for (const record of lines) hash.update(`${csvLine(record)}\n`);
  return hash.digest('hex');
};

describe('population', () => {
  it('makes the same bytes of the same seed, and others of another', () => {
    const make = (seed: number): string => digest(population({ seed, people: 640, hospitals: 4 }).records());
    expect(make(1)).toBe(make(1));
    expect(make(1)).not.toBe(make(2));
  });

  it('makes a person the same whatever was asked before and however many there are', () => {
    const other = population({ seed: 11, people: 1_000_000, hospitals: 8 });
    for (const index of [3_199, 0, 977, 64, 978]) {
      expect(other.person(index)).toEqual(small.person(index));
      expect(other.registrations(index).map(other.recorded)).toEqual(small.registrations(index).map(small.recorded));
    }
  });

  it('makes the last of 33,554,432 people as readily as the first', () => {
    const largest = population({ seed: 11, people: 33_554_432, hospitals: 8 });
    const last = 33_554_431;
    expect(largest.person(last).index).toBe(last);
    for (const registration of largest.registrations(last)) {
      expect(largest.locate(registration.hospital, largest.mrn(registration))).toEqual(registration);
    }
    expect(() => largest.person(last + 1)).toThrow(RangeError);
  });

  it('gives people one to five hospitals and about 2.5 records', () => {
    expect(records.length / small.people).toBeGreaterThan(2.4);
    expect(records.length / small.people).toBeLessThan(2.6);
    for (const mine of byPerson.values()) {
      const sources = new Set(mine.map(({ source }) => source)).size;
      expect(sources).toBeGreaterThanOrEqual(1);
      expect(sources).toBeLessThanOrEqual(5);
    }
    expect(byPerson.size).toBe(small.people);
  });

  it('lists each hospital to the same records as person by person', () => {
    const town = population({ seed: 4, people: 640, hospitals: 6 });
    const byHospital = town.hospitals.flatMap((_, hospital) => [...town.recordsOf(hospital)]);
    const sorted = (list: readonly FlatRecord[]): string[] => list.map(csvLine).sort();
    expect(sorted(byHospital)).toEqual(sorted([...town.records()]));
  });

  it('lists the local numbers without making anybody, in the order of the registrations', () => {
    const ofSecond = [...small.mrns()].flatMap(({ hospital, mrn }) => (hospital === 2 ? mrn : []));
    expect(ofSecond).toEqual([...small.registrationsOf(2)].map(small.mrn));
    expect([...small.mrns()]).toHaveLength(records.length);
  });

  it('finds a registration by its local number, and none by a number it has not given out', () => {
    for (const registration of [...small.registrationsOf(3)].slice(0, 60)) {
      expect(small.locate(3, small.mrn(registration))).toEqual(registration);
    }
    const given = new Set(records.filter(({ source }) => source === 'h4').map(({ mrn }) => mrn));
    const unused = Array.from({ length: 60 }, (_, i) => String(i * 131_071).padStart(8, '0')).filter(
      (mrn) => !given.has(mrn),
    );
    for (const mrn of [...unused, '', '1', 'abcdefgh', '99999999']) expect(small.locate(3, mrn)).toBeUndefined();
  });

  it('gives no two records one id', () => {
    expect(new Set(records.map(({ rec_id }) => rec_id)).size).toBe(records.length);
  });

  it('holds households with twins, namesakes of father and son, newborns, married names and moves', () => {
    const people = Array.from({ length: small.people }, (_, index) => small.person(index));
    const households = [...Map.groupBy(people, ({ household }) => household).values()];
    const twins = households.filter((members) => members.some(({ newborn }) => newborn?.letter === 'B'));
    const namesakes = households.filter((members) =>
      members.some(
        (child) => child.suffix === 'Jr' && members.some((father) => father !== child && father.given === child.given),
      ),
    );
    expect(twins.length).toBeGreaterThan(3);
    expect(namesakes.length).toBeGreaterThan(3);
    for (const members of twins) {
      const [a, b] = ['A', 'B'].map((letter) => members.find(({ newborn }) => newborn?.letter === letter));
      expect(b?.birthDay).toBe(a?.birthDay);
    }
    const renamed = people.filter(({ familyNames }) => familyNames.length > 1);
    expect(renamed.length / people.length).toBeGreaterThan(0.1);
    expect(people.filter(({ homes }) => homes.length > 1).length / people.length).toBeGreaterThan(0.4);
    expect(records.filter(({ given }) => /^(baby|bb|bg|newborn|boy|girl)/i.test(given)).length).toBeGreaterThan(20);
  });

  it('writes no day of birth that piles up, but for the placeholder', () => {
    const people = Array.from({ length: small.people }, (_, index) => small.person(index).birthDay);
    const most = Math.max(...[...Map.groupBy(people, (day) => day).values()].map((same) => same.length));
    expect(most).toBeLessThan(12);
  });

  it('never registers anybody before birth or after death', () => {
    const wrong: number[] = [];
    for (let index = 0; index < small.people; index += 1) {
      const { birthDay, deathDay = small.asOf } = small.person(index);
      for (const { registeredOn, confirmedOn } of small.registrations(index)) {
        if (registeredOn < birthDay || confirmedOn < registeredOn || confirmedOn > deathDay) wrong.push(index);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('records the truth in the desk’s style when the error rates are 0', () => {
    const flawless = population({ seed: 11, people: 300, hospitals: 4, errorScale: 0, stories: false });
    for (let index = 0; index < 300; index += 1) {
      const person = flawless.person(index);
      for (const registration of flawless.registrations(index)) {
        const { given, family, birthDate, phone } = flawless.recorded(registration);
        if (registration.asNewborn || person.goesByMiddle) continue;
        const plain = (text: string): string =>
          text
            .normalize('NFD')
            .replace(/[\u0300-\u036f]/g, '')
            .toUpperCase();
        expect(plain(given)).toBe(plain(person.given));
        expect(plain(family)).toBe(plain(valueOn(person.familyNames, registration.confirmedOn) ?? ''));
        expect(birthDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        expect(phone.replace(/^\+1/, '').replace(/\D/g, '')).toBe(valueOn(person.phones, registration.confirmedOn));
      }
    }
  });

  it.each([
    [{ seed: 0.5 }, /seed/],
    [{ people: 0 }, /people/],
    [{ people: 33_554_433 }, /people/],
    [{ hospitals: 0 }, /hospitals/],
    [{ asOf: '2026-02-30' }, /calendar date/],
    [{ errors: { sexWrong: 2 } }, /sexWrong/],
  ])('refuses %p', (wrong, message) => {
    expect(() => population({ seed: 1, people: 10, hospitals: 2, ...wrong })).toThrow(message);
  });
});
