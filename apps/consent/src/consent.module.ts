import { FieldEncryptionModule, type ServiceConfig, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { BreakGlassController } from './break-glass/break-glass.controller.js';
import { BreakGlassHandler } from './break-glass/break-glass.handler.js';
import { DecideDisclosureConsumer } from './decide-disclosure/decide-disclosure.consumer.js';
import { DecideDisclosureHandler } from './decide-disclosure/decide-disclosure.handler.js';
import { ConsentCipher } from './directives/consent-cipher.js';
import { DirectiveTable } from './directives/directive-table.js';
import { FileConsentController } from './file-consent/file-consent.controller.js';
import { ConsentAnnouncer } from './file-consent/consent.announcer.js';
import { FileConsentHandler } from './file-consent/file-consent.handler.js';
import { model } from './persistence/model.js';

@Module({})
export class ConsentModule {
  static forRoot(config: ServiceConfig): DynamicModule {
    return {
      module: ConsentModule,
      imports: [ServiceModule.forRoot({ service: 'consent', config, model }), FieldEncryptionModule],
      controllers: [DecideDisclosureConsumer, FileConsentController, BreakGlassController],
      providers: [
        DirectiveTable,
        DecideDisclosureHandler,
        FileConsentHandler,
        ConsentCipher,
        ConsentAnnouncer,
        BreakGlassHandler,
      ],
    };
  }
}
