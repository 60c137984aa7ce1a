import { createInboxAndOutbox, dropInboxAndOutbox } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Nothing durable but what was handled and what is still to be sent. */
export class CreateRetryState1790000000000 implements MigrationInterface {
  name = 'CreateRetryState1790000000000';

  up(runner: QueryRunner): Promise<void> {
    return createInboxAndOutbox(runner);
  }

  down(runner: QueryRunner): Promise<void> {
    return dropInboxAndOutbox(runner);
  }
}
