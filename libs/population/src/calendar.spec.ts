import { ageInYears, dateOf, dayOf, isoDate, parseIsoDate } from './calendar.js';

describe('calendar', () => {
  // The expected numbers are from `date -u -d DATE +%s` divided by 86,400.
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['1900-03-01', -25508],
    ['2000-02-29', 11016],
    ['2026-06-30', 20634],
  ])('%s is day %d', (text, day) => {
    expect(parseIsoDate(text)).toBe(day);
    expect(isoDate(day)).toBe(text);
  });

  it('agrees with the platform over 200 years', () => {
    const wrong: number[] = [];
    for (let day = -25567; day < 47482; day += 1) {
      const [year, month, date] = dateOf(day);
      const platform = new Date(day * 86_400_000).toISOString().slice(0, 10);
      if (dayOf(year, month, date) !== day || isoDate(day) !== platform) wrong.push(day);
    }
    expect(wrong).toEqual([]);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', ''])('refuses %p', (text) => {
    expect(() => parseIsoDate(text)).toThrow(RangeError);
  });

  it.each([
    ['2000-06-30', '2026-06-29', 25],
    ['2000-06-30', '2026-06-30', 26],
    ['2000-02-29', '2026-02-28', 25],
  ])('born %s is on %s of age %d', (birth, at, age) => {
    expect(ageInYears(parseIsoDate(birth), parseIsoDate(at))).toBe(age);
  });
});
