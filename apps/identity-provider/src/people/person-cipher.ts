import { FieldCipher, MemberKeys } from '@hie/persistence';
import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { PersonEntity } from './person.entity.js';

/** What may be read of a person once opened. */
export interface PersonDetails {
  readonly name: string;
  readonly email: string;
}

type Sealed = Pick<PersonEntity, 'memberId' | 'name' | 'email'>;

/** Seals what identifies a person, under the key of the member they belong to. */
@Injectable()
export class PersonCipher implements OnModuleInit {
  constructor(
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
  ) {}

  onModuleInit(): Promise<void> {
    return this.keys.load();
  }

  async seal(
    memberId: string,
    { name, email }: PersonDetails,
  ): Promise<Pick<PersonEntity, 'name' | 'email' | 'emailIndex'>> {
    await this.keys.ensure(memberId);
    return {
      name: this.cipher.seal(memberId, 'person.name', name),
      email: this.cipher.seal(memberId, 'person.email', email),
      emailIndex: this.cipher.blindIndex(memberId, email.trim().toLowerCase()),
    };
  }

  async open({ memberId, name, email }: Sealed): Promise<PersonDetails> {
    await this.keys.know([memberId]);
    return {
      name: this.cipher.open(memberId, 'person.name', name),
      email: this.cipher.open(memberId, 'person.email', email),
    };
  }

  async sealPatient(memberId: string, handle: string): Promise<Buffer> {
    await this.keys.ensure(memberId);
    return this.cipher.seal(memberId, 'person.patient_handle', handle);
  }

  async openPatient(memberId: string, sealed: Buffer): Promise<string> {
    await this.keys.know([memberId]);
    return this.cipher.open(memberId, 'person.patient_handle', sealed);
  }

  async sealSecret(memberId: string, secret: string): Promise<Buffer> {
    await this.keys.ensure(memberId);
    return this.cipher.seal(memberId, 'person.totp_secret', secret);
  }

  async openSecret(memberId: string, sealed: Buffer): Promise<string> {
    await this.keys.know([memberId]);
    return this.cipher.open(memberId, 'person.totp_secret', sealed);
  }

  /** Members whose people nobody can name any more. */
  forgotten(): readonly string[] {
    return this.keys.destroyed();
  }
}
