import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inventHospitals } from '@hie/population';

import { bundleRecords } from './bundle-records.js';

const hospitals = inventHospitals(4);
const urn = 'urn:uuid:00000000-0000-4000-8000-000000000001';
const bundle = (id: string, patients = 1): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      ...Array.from({ length: patients }, (_, i) => ({
        fullUrl: i === 0 ? urn : `${urn}${i}`,
        resource: {
          resourceType: 'Patient',
          id: `${id}${i}`,
          name: [{ family: 'Ng', given: ['Amy'] }],
          birthDate: '1980-02-03',
        },
      })),
      {
        fullUrl: `${urn}a`,
        resource: { resourceType: 'AllergyIntolerance', id: `allergy-${id}`, patient: { reference: urn } },
      },
      { fullUrl: `${urn}o`, resource: { resourceType: 'Organization', id: 'clinic' } },
    ],
  });

describe('a folder of bundles', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('becomes the records of every hospital', async () => {
    await writeFile(join(folder, 'b.json'), bundle('b'));
    await writeFile(join(folder, 'a.json'), bundle('a'));
    await writeFile(join(folder, 'hospitals.json'), JSON.stringify({ resourceType: 'Bundle', type: 'batch' }));
    await writeFile(join(folder, 'notes.txt'), 'not JSON');
    const records = await bundleRecords(folder, hospitals, 1);
    expect(records.map(({ patientCount }) => patientCount)).toEqual([2, 2, 2, 2]);

    const holder = records.find((one) => one.patientOf('AllergyIntolerance', 'allergy-a') !== undefined)!;
    const owner = holder.patientOf('AllergyIntolerance', 'allergy-a')!;
    expect(holder.chart(owner)).toMatchObject([{ id: 'allergy-a', patient: { reference: `Patient/${owner}` } }]);
    expect(holder.patient(owner)).toMatchObject({ id: owner, birthDate: '1980-02-03' });
    expect([...holder.columns()]).toContainEqual({ id: owner, family: 'Ng', given: 'Amy', birthDate: '1980-02-03' });
    expect(holder.shared.map(({ id }) => id)).toEqual(['clinic']);
    expect(holder.chart('nobody')).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['unreadable-file', 'broken.json', '{'],
    ['several-patients', 'two.json', bundle('x', 2)],
    ['nobody', 'hospitals.json', '{"resourceType":"Bundle","type":"batch"}'],
  ])('is refused with %s, naming where and not what', async (code, name, text) => {
    await writeFile(join(folder, name), text);
    const refused: unknown = await bundleRecords(folder, hospitals, 1).catch((cause: unknown) => cause);
    expect(refused).toMatchObject({ name: 'BundleFolderError', code });
    expect(String(refused)).not.toContain('Ng');
  });

  it('is refused when it is not there', async () => {
    await expect(bundleRecords(join(folder, 'none'), hospitals, 1)).rejects.toMatchObject({
      code: 'unreadable-folder',
    });
  });
});

const synthea = '../shared/data/synthea';
if (!existsSync(synthea)) console.info(`skipped: the Synthea bundles are not at ${synthea}`);
(existsSync(synthea) ? it : it.skip)('takes the Synthea bundles', async () => {
  const records = await bundleRecords(synthea, hospitals, 1);
  expect(records.map(({ patientCount }) => patientCount)).toEqual([23, 23, 23, 23]);
});
