import { Public } from '@hie/service-kit';
import { Controller, Get, Header } from '@nestjs/common';

import { pageStyle, passkeyScript } from './assets.js';

/** The pages' script and style. */
@Controller('assets')
@Public()
export class AssetsController {
  @Get('passkey.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  @Header('x-content-type-options', 'nosniff')
  script(): string {
    return passkeyScript;
  }

  @Get('pages.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  @Header('x-content-type-options', 'nosniff')
  style(): string {
    return pageStyle;
  }
}
