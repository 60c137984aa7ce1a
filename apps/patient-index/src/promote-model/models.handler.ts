import { defaultLinkRule, defaultModel } from '@hie/matching-engine';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { IdentityIndex } from '../identity-store/identity-index.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import type { Steward } from '../review-identities/acting-person.js';
import { MatchModelEntity } from './match-model.entity.js';
import type { ModelRegistration } from './read-model.js';

/** A model as it is listed. */
export interface ModelView {
  readonly version: string;
  readonly isInUse: boolean;
  readonly registeredBy: string;
  readonly promotedBy?: string;
  readonly promotedAt?: string;
}

/** Models come into use by a person's command and in no other way: no decision, no count and no restart changes one. */
@Injectable()
export class ModelsHandler {
  constructor(
    private readonly index: IdentityIndex,
    private readonly writer: IdentityWriter,
    private readonly source: DataSource,
  ) {}

  async list(): Promise<readonly ModelView[]> {
    const models = await this.source.getRepository(MatchModelEntity).find({ order: { version: 'asc' } });
    const built = { version: defaultModel.version, registeredBy: 'built in', promotedBy: null, promotedAt: null };
    const all = models.some(({ version }) => version === built.version) ? models : [built, ...models];
    return all.map(({ version, registeredBy, promotedBy, promotedAt }) => ({
      version,
      registeredBy,
      isInUse: version === this.index.modelVersion,
      ...(promotedBy === null ? {} : { promotedBy }),
      ...(promotedAt === null ? {} : { promotedAt: promotedAt.toISOString() }),
    }));
  }

  /** @throws Refusal `model-known` 409: what a version means never changes. */
  register({ model, thresholds }: ModelRegistration, { name, claims }: Steward): Promise<string> {
    const { version } = model;
    return this.writer.write(claims, async (changes) => {
      if (version === defaultModel.version || (await this.find(version)) !== null)
        throw new Refusal('model-known', 409);
      changes.models.push({ version, model, thresholds, registeredBy: name, promotedBy: null, promotedAt: null });
      changes.facts.push({ action: 'model.registered', outcome: 'success', details: { version } });
      return version;
    });
  }

  /** Every decision after this is made with the model; links and reviews made before keep the name of theirs. @throws Refusal `model-unknown` 404 */
  promote(version: string, { name, claims }: Steward): Promise<string> {
    return this.writer.write(claims, async (changes) => {
      const row = (await this.find(version)) ?? builtIn(version);
      if (row === undefined) throw new Refusal('model-unknown', 404);
      const replaced = this.index.modelVersion;
      changes.models.push({ ...row, promotedBy: name, promotedAt: new Date() });
      const details = { version, replaced };
      changes.facts.push({ action: 'model.promoted', outcome: 'success', details });
      changes.afterCommit.push(() => this.index.useModel(row.model, row.thresholds));
      return version;
    });
  }

  private find(version: string): Promise<MatchModelEntity | null> {
    return this.source.getRepository(MatchModelEntity).findOneBy({ version });
  }
}

const builtIn = (version: string): MatchModelEntity | undefined =>
  version === defaultModel.version
    ? {
        version,
        model: defaultModel,
        thresholds: defaultLinkRule,
        registeredBy: 'built in',
        promotedBy: null,
        promotedAt: null,
      }
    : undefined;
