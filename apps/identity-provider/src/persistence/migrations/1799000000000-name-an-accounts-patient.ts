import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NameAnAccountsPatient1799000000000 implements MigrationInterface {
  name = 'NameAnAccountsPatient1799000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table person
        add patient bytea,
        add patient_until timestamptz,
        add constraint person_patient_until_check check (patient_until is null or patient is not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table person drop column patient, drop column patient_until');
  }
}
