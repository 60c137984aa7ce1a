import { Global, Module } from '@nestjs/common';

import { FileKeyring } from '../keys/file-keyring.js';
import { MemberDirectoryConsumer } from './member-directory.consumer.js';
import { MemberDirectory } from './member-directory.js';

/** For services that must know who takes part. */
@Global()
@Module({
  controllers: [MemberDirectoryConsumer],
  providers: [
    {
      provide: MemberDirectory,
      useFactory: (keyring: FileKeyring) =>
        new MemberDirectory((memberId) => keyring.memberKey(memberId) !== undefined),
      inject: [FileKeyring],
    },
  ],
  exports: [MemberDirectory],
})
export class MemberDirectoryModule {}
