import { auditLedgerConfigSchema } from './audit-ledger.config.js';

const years = (given: string | undefined) => auditLedgerConfigSchema.shape.LEDGER_RETENTION_YEARS.safeParse(given);

it('keeps entries for six years unless said, and longer where it is said', () => {
  expect([undefined, '6', '30'].map((given) => years(given).data)).toEqual([6, 6, 30]);
});

it.each(['5', '0', '-6', '5.9', '6.5', 'x', ''])('refuses to start with %j years, and says why', (given) => {
  const { error } = years(given);
  expect(error).toBeDefined();
  if (Number.isInteger(Number(given)) && Number(given) < 6) expect(error?.message).toContain('45 CFR 164.316(b)(2)(i)');
});
