import { OPERATOR } from '@hie/contracts';
import type { Role } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';
import { DataSource, In, Not } from 'typeorm';

import { AuthenticatorEntity } from './authenticator.entity.js';
import type { Administrator } from './decide-administration.js';
import { PersonCipher } from './person-cipher.js';
import { PersonEntity, type PersonStatus, rolesOf } from './person.entity.js';

/** A person as an administrator sees them. */
export interface PersonView {
  readonly personId: string;
  readonly memberId: string;
  readonly name: string;
  readonly email: string;
  readonly status: PersonStatus;
  readonly disabledReason?: string;
  readonly roles: readonly Role[];
  /** Passkeys that can be used. */
  readonly authenticators: number;
  readonly lastActiveAt: string;
}

/** Opens the people an administrator may see: a member's own, or for the operator all. */
@Injectable()
export class PeopleList {
  constructor(
    private readonly source: DataSource,
    private readonly cipher: PersonCipher,
  ) {}

  async seenBy({ memberId }: Administrator): Promise<readonly PersonView[]> {
    const where = memberId === OPERATOR ? { memberId: Not(In([...this.cipher.forgotten()])) } : { memberId };
    const people = await this.source.getRepository(PersonEntity).find({ where, order: { createdAt: 'asc' } });
    return Promise.all(people.map((person) => this.view(person)));
  }

  async view(person: PersonEntity): Promise<PersonView> {
    const { personId, memberId, status, disabledReason, lastActiveAt } = person;
    return {
      ...{ personId, memberId, status, lastActiveAt: lastActiveAt.toISOString() },
      ...(await this.cipher.open(person)),
      roles: rolesOf(person),
      authenticators: await this.source.getRepository(AuthenticatorEntity).countBy({ personId, status: 'active' }),
      ...(disabledReason === null ? {} : { disabledReason }),
    };
  }
}
