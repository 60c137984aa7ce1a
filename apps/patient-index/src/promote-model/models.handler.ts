import { defaultLinkRule, defaultModel } from '@hie/matching-engine';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { IdentityIndex } from '../identity-store/identity-index.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import type { Steward } from '../review-identities/acting-person.js';
import { MatchModelEntity } from './match-model.entity.js';
import { implausibleMoves } from './implausible-moves.js';
import type { ModelRegistration } from './read-model.js';

/** A model as it is listed. */
export interface ModelView {
  readonly version: string;
  readonly isInUse: boolean;
  readonly registeredBy: string;
  readonly promotedBy?: string;
  readonly promotedAt?: string;
  /** What it moves implausibly far from the model in use (`implausibleMoves`); absent for none. */
  readonly implausible?: readonly string[];
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
    const all = models.some(({ version }) => version === builtIn.version) ? models : [builtIn, ...models];
    return all.map(({ version, model, registeredBy, promotedBy, promotedAt }) => ({
      version,
      registeredBy,
      isInUse: version === this.index.modelVersion,
      ...moved(implausibleMoves(this.index.model, model)),
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

  /**
   * Every decision after this is made with the model; links and reviews made before keep the name of theirs.
   *
   * @param confirmsImplausible that a model which moves far from the one in use is meant; going back to one that has been in use needs no such word.
   * @throws Refusal `model-unknown` 404, `model-implausible` 409
   */
  promote(version: string, { name, claims }: Steward, confirmsImplausible = false): Promise<string> {
    return this.writer.write(claims, async (changes) => {
      const row = (await this.find(version)) ?? (version === builtIn.version ? builtIn : undefined);
      if (row === undefined) throw new Refusal('model-unknown', 404);
      const wasInUse = row.promotedAt !== null || version === builtIn.version;
      const isPlausible = implausibleMoves(this.index.model, row.model).length === 0;
      if (!wasInUse && !isPlausible && !confirmsImplausible) throw new Refusal('model-implausible', 409);
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

const builtIn: MatchModelEntity = {
  version: defaultModel.version,
  model: defaultModel,
  thresholds: defaultLinkRule,
  registeredBy: 'built in',
  promotedBy: null,
  promotedAt: null,
};

const moved = (implausible: readonly string[]): Pick<ModelView, 'implausible'> =>
  implausible.length === 0 ? {} : { implausible };
