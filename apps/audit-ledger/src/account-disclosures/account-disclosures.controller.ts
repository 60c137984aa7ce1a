import { accountCsv } from '@hie/ledger-report';
import { type Purpose, TrustError } from '@hie/purpose-of-use';
import { type ForwardedRequest, Refusal, Serves } from '@hie/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { AccountDisclosuresHandler } from './account-disclosures.handler.js';
import { accountPdf } from './account-pdf.js';
import { type Accounting, readAccountRequest } from './accounting.js';

/**
 * Who may ask, by purpose, with one of these scopes: compliance staff for any patient; a member for a patient of its own who asks, whom it
 * may read for; the patient and whoever acts for them, for whom the gateway has named the patient.
 */
const scopesFor: Readonly<Partial<Record<Purpose, readonly string[]>>> = {
  HCOMPL: ['exchange/ledger.read'],
  PATRQT: ['hie.retrieve', 'exchange/accounting.own'],
  FAMRQT: ['exchange/accounting.own'],
  PWATRNY: ['exchange/accounting.own'],
};
const accounts = {
  purposes: ['HCOMPL', 'PATRQT', 'FAMRQT', 'PWATRNY'],
  scopes: ['exchange/ledger.read', 'hie.retrieve', 'exchange/accounting.own'],
} as const;

/** The accounting of disclosures behind the gateway, which has made a person's id of the caller's handle. */
@Controller('ledger/accounting')
export class AccountDisclosuresController {
  constructor(private readonly handler: AccountDisclosuresHandler) {}

  @Get()
  @Serves(accounts)
  async account(@Req() { url, claims, authority }: ForwardedRequest, @Res() reply: FastifyReply): Promise<void> {
    if (claims === undefined || authority === undefined) throw new RangeError('A handler ran without its guard.');
    const wanted = scopesFor[authority.purpose] ?? [];
    if (!wanted.some((scope) => authority.scopes.includes(scope))) throw new TrustError('scope-missing', 'authority');
    const parameters = [...new URL(url, 'https://ledger.invalid').searchParams];
    const request = readAccountRequest(parameters, Date.now());
    if ('fault' in request) throw new Refusal('invalid-parameter', 400);
    const accounting = await this.handler.account(
      request,
      parameters.map(([name]) => name),
      claims,
    );
    const name = `accounting-${accounting.madeAt.toISOString().slice(0, 10)}`;
    switch (request.format) {
      case 'csv':
        return send(
          reply,
          'text/csv; charset=utf-8; header=present',
          `${name}.csv`,
          accountCsv(accounting.disclosures),
        );
      case 'pdf':
        return send(reply, 'application/pdf', `${name}.pdf`, await accountPdf(accounting));
      case 'json':
        await reply.type('application/json').send(accountJson(accounting));
    }
  }
}

/** The lines as they are, with leaf hashes in base64. */
function accountJson({ disclosures, period, isWithExempt, size, checkpoint, madeAt }: Accounting) {
  return {
    ...{ madeAt, from: new Date(period.fromMs), before: new Date(period.beforeMs) },
    include: isWithExempt ? 'all' : 'accountable',
    ledger: { size, checkpoint },
    disclosures: disclosures.map(({ entries, ...disclosure }) => ({
      ...disclosure,
      entries: entries.map(({ shard, index, leafHash }) => ({
        shard,
        index,
        leafHash: Buffer.from(leafHash).toString('base64'),
      })),
    })),
  };
}

async function send(reply: FastifyReply, type: string, name: string, content: string | Buffer): Promise<void> {
  await reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(content);
}
