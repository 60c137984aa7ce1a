// What the integration specs of people share: the service's own classes over a schema of their own, with a clock that they hold.
import { createSecretKey, randomBytes } from 'node:crypto';

import type { AuditFacts, AuditTrail, AuditWriter } from '@hie/messaging';
import { FieldCipher, MemberKeys, type Transaction, type UnitOfWork, databaseOptions } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import type { MemberDirectory } from '@hie/service-kit';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

import { EnrolmentSessions } from '../enrolment/enrolment-sessions.js';
import { EnrolmentHandler } from '../enrolment/enrolment.handler.js';
import type { IdentityProviderConfig } from '../identity-provider.config.js';
import { model } from '../persistence/model.js';
import { Ceremonies } from '../sign-in/ceremonies.js';
import { Passkeys } from '../sign-in/passkeys.js';
import { SignInHandler } from '../sign-in/sign-in.handler.js';
import { Clock } from './clock.js';
import { PeopleHandler } from './people.handler.js';
import { PersonCipher } from './person-cipher.js';
import { RecoveryHandler } from './recovery.handler.js';

export const ISSUER = 'https://id.hie.example';
export const MEMBER = 'mercy-general';

/** A schema of the testing kit, by shape. */
interface EmptySchema {
  readonly name: string;
  readonly url: string;
  readonly caPath: string;
  readonly pool: Pool;
  drop(): Promise<void>;
}

/** A clock that stands still until it is told to go on. */
export class HeldClock extends Clock {
  private at = new Date('2026-06-01T08:00:00Z');

  now(): Date {
    return new Date(this.at);
  }

  forward(hours: number): void {
    this.at = new Date(this.at.getTime() + hours * 3_600_000);
  }
}

/** The claims of a request that an administrator sent through the gateway. */
export const asPerson = (user: string, org = MEMBER): TransactionClaims =>
  ({ sub: `hie-console/${user}`, tctx: { org, user, purp: 'HSYSADMIN' }, rctx: { acr: 'urn:hie:aal2' } }) as never;

export const asSystem = (sub: string, org: string, user?: string): TransactionClaims =>
  ({ sub, tctx: { org, purp: 'HSYSADMIN', ...(user === undefined ? {} : { user }) }, rctx: {} }) as never;

export interface PeopleFixture {
  readonly schema: EmptySchema;
  readonly source: DataSource;
  readonly clock: HeldClock;
  readonly people: PeopleHandler;
  readonly recoveries: RecoveryHandler;
  readonly enrolment: EnrolmentHandler;
  readonly passkeys: Passkeys;
  readonly signIn: SignInHandler;
  readonly trail: AuditTrail;
  /** What the ledger was told, oldest first. */
  readonly told: AuditFacts[];
  close(): Promise<void>;
}

export async function peopleFixture(schema: EmptySchema): Promise<PeopleFixture> {
  const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name, poolSize: 4 };
  const source = await new DataSource(databaseOptions(settings, model)).initialize();
  await source.runMigrations();
  const master = randomBytes(32);
  const members = { find: () => createSecretKey(master), isDestroyed: () => false };
  const keys = new MemberKeys(schema.pool, () => [master], members);
  const cipher = new PersonCipher(new FieldCipher(keys.find), keys);
  const clock = new HeldClock();
  const told: AuditFacts[] = [];
  const trail = {
    record: (facts: AuditFacts, circumstances: object) =>
      Promise.resolve(void told.push({ ...facts, ...circumstances })),
  } as unknown as AuditTrail;
  const audit = { write: (facts: AuditFacts) => Promise.resolve({ record: facts }) } as unknown as AuditWriter;
  const unitOfWork = {
    run: <T>(work: (transaction: Transaction) => Promise<T>) =>
      source.transaction((manager) =>
        work({
          manager,
          announce: (records) => Promise.resolve(void told.push(...(records as unknown as AuditFacts[]))),
        }),
      ),
  } as UnitOfWork;
  const config = { ISSUER, RECOVERY_DELAY_HOURS: 24 } as IdentityProviderConfig;
  const directory = {
    find: (memberId: string) => (memberId === MEMBER ? {} : undefined),
  } as unknown as MemberDirectory;
  const passkeys = new Passkeys(source, new Ceremonies(source, clock), clock, config);
  return {
    ...{ schema, source, clock, told, trail, passkeys },
    people: new PeopleHandler(unitOfWork, cipher, audit, clock, directory),
    recoveries: new RecoveryHandler(unitOfWork, audit, clock, config),
    enrolment: new EnrolmentHandler(source, new EnrolmentSessions(source, clock), cipher, clock, trail),
    signIn: new SignInHandler(passkeys, source, clock, trail),
    close: async () => {
      await source.destroy();
      await schema.drop();
    },
  };
}
