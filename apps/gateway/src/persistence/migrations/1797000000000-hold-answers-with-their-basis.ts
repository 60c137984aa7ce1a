import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * From now on what is sealed is the answer and what it rests on. Answers live for a quarter of an hour and can not be sealed anew in SQL:
 * those of before are forgotten, and the queries that they were held for end as failed at their deadline.
 */
export class HoldAnswersWithTheirBasis1797000000000 implements MigrationInterface {
  name = 'HoldAnswersWithTheirBasis1797000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('delete from query_answer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('delete from query_answer');
  }
}
