import { type ClientRegistered, clientRegistered } from '@hie/contracts';
import { Consumes, type Received } from '@hie/messaging';
import { Controller } from '@nestjs/common';

import { SelfRegisteredClients } from './self-registered-clients.js';

/** The Kafka edge of {@link SelfRegisteredClients}. */
@Controller()
export class SelfRegisteredClientsConsumer {
  constructor(private readonly clients: SelfRegisteredClients) {}

  @Consumes(clientRegistered, { delivery: 'table' })
  onClientRegistered({ body }: Received<ClientRegistered>): void {
    this.clients.apply(body);
  }
}
