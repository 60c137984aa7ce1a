import { type MemberChanged, memberChanged } from '@hie/contracts';
import { Consumes, type Received } from '@hie/messaging';
import { Controller } from '@nestjs/common';

import { MemberDirectory } from './member-directory.js';

/** The Kafka edge of the member directory. */
@Controller()
export class MemberDirectoryConsumer {
  constructor(private readonly directory: MemberDirectory) {}

  @Consumes(memberChanged, { delivery: 'table' })
  onMemberChanged({ body }: Received<MemberChanged>): void {
    this.directory.apply(body);
  }
}
