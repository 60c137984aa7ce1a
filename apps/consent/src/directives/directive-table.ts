import type { Directive } from '@hie/consent-policy';
import { ReadinessRegistry } from '@hie/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ConsentCipher } from './consent-cipher.js';
import { ConsentVersionEntity } from './consent.entity.js';
import { directivesOf, readConsent } from './read-consent.js';

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
    const newest = await this.source
      .getRepository(ConsentVersionEntity)
      .createQueryBuilder('consent')
      .distinctOn(['consent.consent_id'])
      .orderBy('consent.consent_id')
      .addOrderBy('consent.version', 'DESC')
      .getMany();
    await this.putAll(newest);
    this.isLoaded = true;
  }

  /** The directives under any of a person's ids: a merge must not lose a patient's word. */
  of(personIds: readonly string[]): readonly Directive[] {
    return personIds.flatMap((personId) =>
      [...(this.byPerson.get(personId)?.values() ?? [])].flatMap(({ directives }) => directives),
    );
  }

  /** Reads one consent again, after this or another instance has filed a version of it. */
  async refresh(consentId: string): Promise<void> {
    const rows = await this.source
      .getRepository(ConsentVersionEntity)
      .find({ where: { consentId }, order: { version: 'DESC' }, take: 1 });
    await this.putAll(rows);
  }

  private async putAll(rows: readonly ConsentVersionEntity[]): Promise<void> {
    const resources = await this.cipher.openAll(rows);
    rows.forEach((row, at) => this.put(row, resources[at]));
  }

  private put({ consentId, version, personId, memberId }: ConsentVersionEntity, resource: unknown): void {
    const known = this.byPerson.get(personId) ?? new Map<string, Standing>();
    if ((known.get(consentId)?.version ?? 0) > version) return;
    const directives = directivesOf(consentId, version, memberId, readConsent(resource));
    this.byPerson.set(personId, known.set(consentId, { version, directives }));
  }
}
