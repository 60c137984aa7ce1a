// A model comes into use by a person's command, for decisions from then on, and stays in use over a restart.
import { defaultLinkRule, defaultModel } from '@hie/matching-engine';
import { testSchema } from '@hie/testing-kit';

import {
  type IdentityService,
  accountsOf,
  claimsOf,
  fed,
  identityService,
  steward,
} from '../identity-store/identity-service.fixture.js';

let schema: Awaited<ReturnType<typeof testSchema>>;
let service: IdentityService;
const others: IdentityService[] = [];

beforeAll(async () => {
  schema = await testSchema();
  service = await identityService(schema);
});
afterAll(async () => {
  await Promise.all([service, ...others.splice(0)].map((each) => each.close()));
  await schema.drop();
});

/** Another process over the same database, as after a restart. */
async function another(): Promise<IdentityService> {
  const one = await identityService(schema);
  others.push(one);
  return one;
}

const ada = steward('ada');
const model = { ...defaultModel, version: 'region-2' };
const thresholds = { ...defaultLinkRule, linkAtSum: 4 };

async function newestLink() {
  const { happened } = await accountsOf(service);
  return happened.findLast(({ kind }) => kind === 'linked')?.details;
}

describe('a model', () => {
  it('is not in use because it is known', async () => {
    await service.register.register('mercy', [fed('M-1')], claimsOf('mercy'));
    expect(await newestLink()).toMatchObject({ modelVersion: defaultModel.version, thresholds: defaultLinkRule });
    await service.models.register({ model, thresholds }, ada);
    await expect(service.models.register({ model, thresholds }, ada)).rejects.toMatchObject({ code: 'model-known' });
    expect(service.index.modelVersion).toBe(defaultModel.version);
  });

  it('decides once a person has promoted it, and every link from then on names it and its thresholds', async () => {
    await service.models.promote('region-2', ada);
    await service.register.register('harbor', [fed('H-1')], claimsOf('harbor'));
    expect(await newestLink()).toMatchObject({ by: 'match', modelVersion: 'region-2', thresholds });
    expect(service.audited.findLast(({ action }) => action === 'model.promoted')?.details).toMatchObject({
      version: 'region-2',
      replaced: defaultModel.version,
    });
  });

  it('is still in use after a restart, until a person goes back', async () => {
    const restarted = await another();
    expect(restarted.index.basis).toEqual({ modelVersion: 'region-2', thresholds });
    await restarted.models.promote(defaultModel.version, ada);
    const again = await another();
    expect(again.index.basis).toEqual({ modelVersion: defaultModel.version, thresholds: defaultLinkRule });
    await expect(service.models.promote('nobody’s', ada)).rejects.toMatchObject({ code: 'model-unknown' });
  });

  it('that moves far from the one in use takes a word more, and none to go back', async () => {
    await service.takeSeat();
    const { pairsPerRecord } = defaultModel;
    const far = {
      ...defaultModel,
      version: 'region-3',
      pairsPerRecord: { ...pairsPerRecord, match: 2 * pairsPerRecord.match },
    };
    await service.models.register({ model: far, thresholds }, ada);
    expect((await service.models.list()).find(({ version }) => version === 'region-3')?.implausible).toEqual([
      'match pairs',
    ]);
    await expect(service.models.promote('region-3', ada)).rejects.toMatchObject({ code: 'model-implausible' });
    expect(service.index.modelVersion).not.toBe('region-3');
    await service.models.promote('region-3', ada, true);
    expect(service.index.modelVersion).toBe('region-3');
    await service.models.promote(defaultModel.version, ada);
    await service.models.promote('region-3', ada);
  });
});
