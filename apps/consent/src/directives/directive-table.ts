import type { Directive } from '@hie/consent-policy';
import { FieldCipher, MemberKeys } from '@hie/persistence';
import { ReadinessRegistry } from '@hie/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ConsentVersionEntity } from './consent.entity.js';
import { directivesOf, readConsent } from './read-consent.js';

export const RESOURCE_COLUMN = 'consent_version.resource';

/** Every directive in force, in memory, by person: a decision must not wait for a table. PostgreSQL is the truth. */
@Injectable()
export class DirectiveTable implements OnModuleInit {
  private readonly byPerson = new Map<string, Map<string, { version: number; directives: readonly Directive[] }>>();
  private isLoaded = false;

  constructor(
    private readonly source: DataSource,
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
    readiness: ReadinessRegistry,
  ) {
    readiness.add('consent directives', () => this.isLoaded);
  }

  async onModuleInit(): Promise<void> {
    await this.keys.load();
    const newest = await this.source
      .getRepository(ConsentVersionEntity)
      .createQueryBuilder('consent')
      .distinctOn(['consent.consent_id'])
      .orderBy('consent.consent_id')
      .addOrderBy('consent.version', 'DESC')
      .getMany();
    newest.forEach((row) => this.put(row));
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
    if (rows.some(({ memberId }) => this.keys.find(memberId) === undefined)) await this.keys.load();
    rows.forEach((row) => this.put(row));
  }

  private put(row: ConsentVersionEntity): void {
    const { consentId, version, personId, memberId } = row;
    const known =
      this.byPerson.get(personId) ?? new Map<string, { version: number; directives: readonly Directive[] }>();
    if ((known.get(consentId)?.version ?? 0) > version) return;
    const resource: unknown = JSON.parse(this.cipher.open(memberId, RESOURCE_COLUMN, row.resource));
    const directives = directivesOf(consentId, version, readConsent(resource));
    this.byPerson.set(personId, known.set(consentId, { version, directives }));
  }
}
