import { Global, Module } from '@nestjs/common';

import { PersonStandingsConsumer } from './person-standings.consumer.js';
import { PersonStandings } from './person-standings.js';

/** For services that release what was decided before. */
@Global()
@Module({ controllers: [PersonStandingsConsumer], providers: [PersonStandings], exports: [PersonStandings] })
export class PersonStandingsModule {}
