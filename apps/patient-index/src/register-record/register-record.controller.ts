// IHE PIXm ITI-104 by conditional update, alone or in a batch: https://hl7.org/fhir/R4/http.html#cond-update
import { operationOutcome, outcomeStatus } from '@hie/fhir';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { type ForwardedRequest, MemberDirectory, Refusal, Serves, claimsOf } from '@hie/service-kit';
import type { Bundle, BundleEntry, OperationOutcome } from '@medplum/fhirtypes';
import { Body, Controller, HttpCode, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { WritersDoorGuard } from '../follow-writer/writers-door.guard.js';
import { type FeedEntry, fault, readFeedEntry } from './read-feed.js';
import { RegisterRecordHandler, type Registration } from './register-record.handler.js';

const feeds = { purposes: ['HOPERAT', 'RECORDMGT', 'TREAT'], scopes: ['hie.feed'] } as const;
const MAX_ENTRIES = 500;

const statusLines: Record<Registration, string> = {
  created: '201 Created',
  changed: '200 OK',
  unchanged: '200 OK',
  // Taken, and not yet true: a person decides (RFC 9110, section 15.3.3).
  quarantined: '202 Accepted',
};

/** The identity feed of the members, behind the gateway. */
@Controller('fhir')
@UseGuards(WritersDoorGuard)
export class RegisterRecordController {
  constructor(
    private readonly handler: RegisterRecordHandler,
    private readonly directory: MemberDirectory,
  ) {}

  @Put('Patient')
  @Serves(feeds)
  async update(
    @Body() resource: unknown,
    @Req() request: ForwardedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const entry = this.read(request.url.replace(/^\/fhir\//, ''), resource, claimsOf(request));
    if (entry.kind === 'fault') {
      void reply.status(entry.status);
      return operationOutcome(entry.fault);
    }
    const [registration] = await this.handler.register(claimsOf(request).tctx.org, [entry.record], claimsOf(request));
    void reply.status(Number(statusLines[registration ?? 'unchanged'].slice(0, 3)));
    return resource;
  }

  @Post()
  @HttpCode(200)
  @Serves(feeds)
  async batch(@Body() bundle: Bundle | undefined, @Req() request: ForwardedRequest): Promise<Bundle> {
    const entries = bundle?.resourceType === 'Bundle' && bundle.type === 'batch' ? bundle.entry : undefined;
    if (!Array.isArray(entries)) throw new Refusal('invalid-request', outcomeStatus('invalid-request'));
    if (entries.length > MAX_ENTRIES) throw new Refusal('body-too-large', outcomeStatus('body-too-large'));
    const claims = claimsOf(request);
    const read = entries.map(({ request: asked, resource }: Partial<BundleEntry>) =>
      asked?.method === 'PUT' ? this.read(String(asked.url), resource, claims) : fault('unknown-interaction'),
    );
    const records = read.flatMap((entry) => (entry.kind === 'record' ? [entry.record] : []));
    const registrations = records.length === 0 ? [] : await this.handler.register(claims.tctx.org, records, claims);
    const inOrder = registrations[Symbol.iterator]();
    return {
      resourceType: 'Bundle',
      type: 'batch-response',
      entry: read.map((entry) => responseOf(entry, () => inOrder.next().value ?? 'unchanged')),
    };
  }

  private read(url: string, resource: unknown, { tctx }: TransactionClaims): FeedEntry {
    return readFeedEntry(url, resource, (system) => this.directory.ownerOf(system) === tctx.org);
  }
}

function responseOf(entry: FeedEntry, next: () => Registration): BundleEntry {
  if (entry.kind === 'record') return { response: { status: statusLines[next()] } };
  const outcome: OperationOutcome = operationOutcome(entry.fault);
  return { response: { status: String(entry.status), outcome } };
}
