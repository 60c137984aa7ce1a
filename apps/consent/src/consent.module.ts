import { FieldEncryptionModule, type ServiceConfig, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { DecideDisclosureConsumer } from './decide-disclosure/decide-disclosure.consumer.js';
import { DecideDisclosureHandler } from './decide-disclosure/decide-disclosure.handler.js';
import { DirectiveTable } from './directives/directive-table.js';
import { FileConsentController } from './file-consent/file-consent.controller.js';
import { ConsentAnnouncer, ConsentCrypto, FileConsentHandler } from './file-consent/file-consent.handler.js';
import { model } from './persistence/model.js';

@Module({})
export class ConsentModule {
  static forRoot(config: ServiceConfig): DynamicModule {
    return {
      module: ConsentModule,
      imports: [ServiceModule.forRoot({ service: 'consent', config, model }), FieldEncryptionModule],
      controllers: [DecideDisclosureConsumer, FileConsentController],
      providers: [DirectiveTable, DecideDisclosureHandler, FileConsentHandler, ConsentCrypto, ConsentAnnouncer],
    };
  }
}
