import { createToldEvents, dropToldEvents } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountToldEvents1799100000000 implements MigrationInterface {
  name = 'CountToldEvents1799100000000';

  up(runner: QueryRunner): Promise<void> {
    return createToldEvents(runner);
  }

  down(runner: QueryRunner): Promise<void> {
    return dropToldEvents(runner);
  }
}
