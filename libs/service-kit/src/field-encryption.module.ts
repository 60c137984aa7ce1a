import { FieldCipher, MemberKeys } from '@hie/persistence';
import { Global, Module } from '@nestjs/common';
import type { Pool } from 'pg';

import { PG_POOL } from './exchange/tokens.js';
import { FileKeyring } from './keys/file-keyring.js';
import { MemberKeyRewrapper } from './keys/member-key-rewrapper.js';

/** For services that keep patients' data: columns encrypted under a key for each member. */
@Global()
@Module({
  providers: [
    {
      provide: MemberKeys,
      useFactory: (pool: Pool, keyring: FileKeyring) =>
        new MemberKeys(pool, () => keyring.wrappingKeys(), keyring.members),
      inject: [PG_POOL, FileKeyring],
    },
    MemberKeyRewrapper,
    { provide: FieldCipher, useFactory: (keys: MemberKeys) => new FieldCipher(keys.find), inject: [MemberKeys] },
  ],
  exports: [MemberKeys, FieldCipher],
})
export class FieldEncryptionModule {}
