import { Public } from '@hie/service-kit';
import { Controller, Get, NotFoundException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { UdapMetadata } from './udap-metadata.js';

/** Public: whoever reads it is not registered yet. */
@ApiTags('discovery')
@Controller('fhir/.well-known')
export class UdapMetadataController {
  constructor(private readonly metadata: UdapMetadata) {}

  @Get('udap')
  @Public()
  @ApiOperation({ summary: 'How a system registers itself' })
  async udap(): Promise<object> {
    const current = await this.metadata.current();
    if (current === undefined) throw new NotFoundException();
    return current;
  }
}
