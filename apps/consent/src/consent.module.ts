import { FieldEncryptionModule, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { BreakGlassController } from './break-glass/break-glass.controller.js';
import { BreakGlassHandler } from './break-glass/break-glass.handler.js';
import { BreakGlassReader } from './break-glass/break-glass-reader.js';
import { BreakGlassNotices } from './break-glass/break-glass-notices.js';
import { BreakGlassNoticesController } from './break-glass/break-glass-notices.controller.js';
import type { ConsentConfig } from './consent.config.js';
import { DecideDisclosureConsumer } from './decide-disclosure/decide-disclosure.consumer.js';
import { DecideDisclosureHandler } from './decide-disclosure/decide-disclosure.handler.js';
import { ConsentCipher } from './directives/consent-cipher.js';
import { DirectiveTable } from './directives/directive-table.js';
import { ForgottenMembers } from './directives/forgotten-members.js';
import { FileConsentController } from './file-consent/file-consent.controller.js';
import { ConsentAnnouncer } from './file-consent/consent.announcer.js';
import { FileConsentHandler } from './file-consent/file-consent.handler.js';
import { NoticeCourier } from './notify-members/notice-courier.js';
import { NoticePort } from './notify-members/notice-port.js';
import { WebhookNotices, readWebhooks } from './notify-members/webhook-notices.js';
import { model } from './persistence/model.js';

@Module({})
export class ConsentModule {
  static forRoot(config: ConsentConfig): DynamicModule {
    return {
      module: ConsentModule,
      imports: [ServiceModule.forRoot({ service: 'consent', config, model }), FieldEncryptionModule],
      controllers: [DecideDisclosureConsumer, FileConsentController, BreakGlassController, BreakGlassNoticesController],
      providers: [
        DirectiveTable,
        ForgottenMembers,
        DecideDisclosureHandler,
        FileConsentHandler,
        ConsentCipher,
        ConsentAnnouncer,
        BreakGlassHandler,
        BreakGlassReader,
        BreakGlassNotices,
        NoticeCourier,
        {
          provide: NoticePort,
          useFactory: () => new WebhookNotices(readWebhooks(config.NOTICE_WEBHOOKS), config.MEMBER_NETWORKS),
        },
      ],
    };
  }
}
