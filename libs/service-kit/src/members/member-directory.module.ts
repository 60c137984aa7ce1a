import { Global, Module } from '@nestjs/common';

import { MemberDirectoryConsumer } from './member-directory.consumer.js';
import { MemberDirectory } from './member-directory.js';

/** For services that must know who takes part. */
@Global()
@Module({ controllers: [MemberDirectoryConsumer], providers: [MemberDirectory], exports: [MemberDirectory] })
export class MemberDirectoryModule {}
