import { population } from '@hie/population';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';

/** A file with truth, under canonical column names: `id`, `person_id`, `source`, then the fields. */
export interface DataSet {
  readonly name: string;
  readonly path: string;
  readonly records: number;
  /** Two sources to be linked across, as two files. */
  readonly sides?: readonly [string, string];
}

export const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hie-broker', 'match-data');

const febrlColumns = 'id,person_id,source,given,family,street,city,postalCode,state,birthDate,ssn';
const peopleColumns =
  'id,person_id,source,given,middle,family,suffix,birthDate,sex,ssnLast4,phone,email,street,unit,city,state,postalCode';

/** FEBRL 1 to 4 and people-100k from the folder of shared data, under canonical names; empty with a printed reason when it is absent. */
export async function labelledSets(shared: string): Promise<DataSet[]> {
  if (!existsSync(shared)) {
    console.log(`Skipped: FEBRL and people-100k, because ${shared} is not there.`);
    return [];
  }
  await mkdir(cache, { recursive: true });
  const sets: DataSet[] = [];
  for (const number of [1, 2, 3, 4]) {
    const lines = (await readFile(join(shared, `febrl${number}.csv`), 'utf8')).trim().split('\n').slice(1);
    const rows = lines.map((line) => {
      const [id, person, source, given, family, house, street, , suburb, postcode, state, born, ssn] = line
        .trim()
        .split(',');
      return [id, person, source, given, family, `${house} ${street}`.trim(), suburb, postcode, state, born, ssn].join(
        ',',
      );
    });
    const name = `febrl${number}`;
    const side = async (key: string): Promise<string> =>
      save(
        `${name}-${key}`,
        febrlColumns,
        rows.filter((row) => row.split(',')[2] === key),
      );
    sets.push({
      name,
      path: await save(name, febrlColumns, rows),
      records: rows.length,
      ...(number === 4 ? { sides: [await side('a'), await side('b')] as const } : {}),
    });
  }
  const people = gunzipSync(await readFile(join(shared, 'people-100k.csv.gz')))
    .toString()
    .trim()
    .split('\n')
    .slice(1);
  const rows = people.map((line) => line.trim().split(','));
  if (rows.some((row) => row.length !== 19))
    throw new RangeError('people-100k has quoted values now: read it with a CSV parser');
  const kept = rows.map(
    ([
      id,
      person,
      source,
      ,
      ,
      given,
      middle,
      family,
      suffix,
      born,
      sex,
      ssn,
      phone,
      email,
      street,
      unit,
      city,
      state,
      zip,
    ]) =>
      [
        id,
        person,
        source,
        given,
        middle,
        family,
        suffix,
        born,
        sex,
        ssn,
        phone,
        email,
        street,
        unit,
        city,
        state,
        zip,
      ].join(','),
  );
  sets.push({ name: 'people-100k', path: await save('people-100k', peopleColumns, kept), records: kept.length });
  return sets;
}

async function save(name: string, header: string, rows: readonly string[]): Promise<string> {
  const path = join(cache, `${name}.csv`);
  await writeFile(path, `${header}\n${rows.join('\n')}\n`);
  return path;
}

/** Records of the exchange's own generator, written once and kept; the same seed gives the same bytes. */
export async function generatedSet(records: number): Promise<DataSet> {
  const name = `population-${records}`;
  const path = join(cache, `${name}.csv`);
  if (!existsSync(path)) {
    await mkdir(cache, { recursive: true });
    const partial = `${path}.${process.pid}.partial`;
    const file = createWriteStream(partial);
    file.write(`${peopleColumns}\n`);
    let written = 0;
    let buffer = '';
    for (const record of population({ seed: 11, people: records, hospitals: 8 }).records()) {
      const {
        rec_id,
        person_id,
        source,
        given,
        middle,
        family,
        suffix,
        birthDate,
        sex,
        ssnLast4,
        phone,
        email,
        street,
        unit,
        city,
        state,
        postalCode,
      } = record;
      const values = [
        rec_id,
        person_id,
        source,
        given,
        middle,
        family,
        suffix,
        birthDate,
        sex,
        ssnLast4,
        phone,
        email,
        street,
        unit,
        city,
        state,
        postalCode,
      ];
      buffer += `${values.map((value) => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',')}\n`;
      if (buffer.length > 1 << 20) {
        if (!file.write(buffer)) await once(file, 'drain');
        buffer = '';
      }
      if (++written === records) break;
    }
    file.end(buffer);
    await finished(file);
    await rename(partial, path);
  }
  return { name, path, records };
}
