import type { Directive } from '@hie/consent-policy';
import { ReadinessRegistry } from '@hie/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ConsentCipher } from './consent-cipher.js';
import { ConsentVersionEntity } from './consent.entity.js';
import { type ReadConsent, directivesOf, readConsent } from './read-consent.js';

/** What one consent says in its newest version. */
interface Standing {
  readonly version: number;
  readonly directives: readonly Directive[];
}

/** Every directive in force, in memory, by person: a decision must not wait for a table. PostgreSQL is the truth. */
@Injectable()
export class DirectiveTable implements OnModuleInit {
  private readonly byPerson = new Map<string, Map<string, Standing>>();
  private isLoaded = false;

  constructor(
    private readonly source: DataSource,
    private readonly cipher: ConsentCipher,
    readiness: ReadinessRegistry,
  ) {
    readiness.add('consent directives', () => this.isLoaded);
  }

  async onModuleInit(): Promise<void> {
    await this.load();
    this.isLoaded = true;
  }

  /** Reads every directive, anew where they are known: what can't be opened any more reads otherwise. */
  async load(): Promise<void> {
    await this.putAll(await this.newest().getMany());
  }

  /** The directives under any of a person's ids: a merge must not lose a patient's word. */
  of(personIds: readonly string[]): readonly Directive[] {
    return personIds.flatMap((personId) =>
      [...(this.byPerson.get(personId)?.values() ?? [])].flatMap(({ directives }) => directives),
    );
  }

  /**
   * How many versions were ever filed under a person's id, of those that are known here.
   *
   * Filings about one person come one after the other, and all of a person is read at once: who knows as many versions knows the same.
   */
  epochOf(personId: string): number {
    return [...(this.byPerson.get(personId)?.values() ?? [])].reduce((sum, { version }) => sum + version, 0);
  }

  /** Reads a person's consents again, after this or another instance has filed a version of one. */
  async refresh(personId: string): Promise<void> {
    await this.putAll(await this.newest().where('consent.person_id = :personId', { personId }).getMany());
  }

  private newest() {
    return this.source
      .getRepository(ConsentVersionEntity)
      .createQueryBuilder('consent')
      .distinctOn(['consent.consent_id'])
      .orderBy('consent.consent_id')
      .addOrderBy('consent.version', 'DESC');
  }

  private async putAll(rows: readonly ConsentVersionEntity[]): Promise<void> {
    const resources = await this.cipher.openAll(rows);
    rows.forEach((row, at) => this.put(row, resources[at]));
  }

  private put(row: ConsentVersionEntity, resource: unknown): void {
    const { consentId, version, personId, memberId } = row;
    const known = this.byPerson.get(personId) ?? new Map<string, Standing>();
    if ((known.get(consentId)?.version ?? 0) > version) return;
    const read = resource === undefined ? unreadable(row) : readConsent(resource);
    const directives = directivesOf(consentId, version, memberId, read);
    this.byPerson.set(personId, known.set(consentId, { version, directives }));
  }
}

/** What was filed by a member that was forgotten counts as the strictest that it can have said, until the patient files it anew. */
const unreadable = ({ isActive }: ConsentVersionEntity): ReadConsent => ({
  kind: 'read',
  isActive,
  provisions: [{ type: 'deny' }],
});
