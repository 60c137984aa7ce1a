// The storage port of oidc-provider: https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { type DataSource, IsNull, LessThan } from 'typeorm';

import type { ClientRegistry } from '../clients/client-registry.js';
import { EnrolmentSessionEntity } from '../enrolment/enrolment-session.entity.js';
import { CeremonyEntity } from '../sign-in/ceremony.entity.js';
import { clientMetadata } from './client-metadata.js';
import { OidcPayloadEntity } from './oidc-payload.entity.js';
import { isProofOf } from './proof-errors.js';

/** One model of oidc-provider over PostgreSQL; clients are read from the registry and never written here. */
export class PostgresAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly source: DataSource,
    private readonly clients: ClientRegistry,
    /** Those through which people come. */
    private readonly publicClients: ReadonlyMap<string, AdapterPayload>,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const row = {
      model: this.model,
      id,
      payload,
      grantId: payload.grantId ?? null,
      uid: payload.uid ?? null,
      expiresAt: expiresIn > 0 ? new Date(Date.now() + expiresIn * 1000) : null,
      consumedAt: null,
    };
    if (this.model === 'ReplayDetection') return this.insertOnce(row);
    await this.repository().upsert(row, ['model', 'id']);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.model === 'Client') return this.client(id);
    const found = this.payloadOf(await this.repository().findOneBy({ model: this.model, id }));
    if (this.model === 'ReplayDetection' && found !== undefined) refuseUsedProof(id);
    return found;
  }

  private async client(id: string): Promise<AdapterPayload | undefined> {
    const known = this.publicClients.get(id);
    if (known !== undefined) return known;
    const { client_assertion: assertion } = Provider.ctx?.oidc.params ?? {};
    return clientMetadata(await this.clients.findAsserting(id, typeof assertion === 'string' ? assertion : ''));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.payloadOf(await this.repository().findOneBy({ model: this.model, uid }));
  }

  /** The device flow is not offered. */
  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async consume(id: string): Promise<void> {
    await this.repository().update({ model: this.model, id, consumedAt: IsNull() }, { consumedAt: new Date() });
  }

  async destroy(id: string): Promise<void> {
    await this.repository().delete({ model: this.model, id });
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.repository().delete({ grantId });
  }

  /** oidc-provider looks and then saves; between the two another instance may have saved the same `jti`. */
  private async insertOnce(row: { readonly id: string }): Promise<void> {
    const { raw } = await this.repository()
      .createQueryBuilder()
      .insert()
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    if ((raw as unknown[]).length > 0) return;
    refuseUsedProof(row.id);
    throw new errors.InvalidClient('client assertion was used before');
  }

  private payloadOf(row: OidcPayloadEntity | null): AdapterPayload | undefined {
    if (row === null || (row.expiresAt !== null && row.expiresAt.getTime() <= Date.now())) return undefined;
    return { ...row.payload, ...(row.consumedAt === null ? {} : { consumed: row.consumedAt.getTime() / 1000 }) };
  }

  private repository() {
    return this.source.getRepository(OidcPayloadEntity);
  }
}

/** @throws errors.InvalidDpopProof when the entry of the replay guard is that of the request's proof. */
function refuseUsedProof(replayId: string): void {
  if (isProofOf(Provider.ctx, replayId)) throw new errors.InvalidDpopProof('DPoP proof was used before');
}

/** Forgets what has expired; a replay guard is worth nothing after its assertion's `exp`. */
export async function forgetExpired(source: DataSource, now: Date): Promise<void> {
  for (const entity of [OidcPayloadEntity, CeremonyEntity, EnrolmentSessionEntity]) {
    await source.getRepository<{ expiresAt: Date | null }>(entity).delete({ expiresAt: LessThan(now) });
  }
}
