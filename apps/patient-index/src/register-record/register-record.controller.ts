// IHE PIXm ITI-104 by conditional update, alone or in a batch: https://hl7.org/fhir/R4/http.html#cond-update
import { operationOutcome, outcomeStatus } from '@hie/fhir';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { type ForwardedRequest, MemberDirectory, Refusal, Serves, claimsOf } from '@hie/service-kit';
import type { Bundle, BundleEntry, OperationOutcome } from '@medplum/fhirtypes';
import { Body, Controller, Delete, HttpCode, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { WritersDoorGuard } from '../follow-writer/writers-door.guard.js';
import { type FeedEntry, fault, readFeedEntry, readFeedIdentifier } from './read-feed.js';
import type { Registration } from './create-record.js';
import type { Placing } from './place-record.js';
import { RegisterRecordHandler } from './register-record.handler.js';
import { RetractRecordHandler } from '../retract-record/retract-record.handler.js';

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
    private readonly retractions: RetractRecordHandler,
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
    const [placing] = await this.handler.register(claimsOf(request).tctx.org, [entry.record], claimsOf(request));
    const taken = placedOf(placing ?? 'unchanged');
    void reply.status(taken.kind === 'fault' ? taken.status : Number(taken.statusLine.slice(0, 3)));
    return taken.kind === 'fault' ? operationOutcome(taken.fault) : resource;
  }

  /** FHIR conditional delete; 204 too where there is nothing to delete (https://hl7.org/fhir/R4/http.html#delete). */
  @Delete('Patient')
  @Serves(feeds)
  async retract(@Req() request: ForwardedRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const claims = claimsOf(request);
    const read = readFeedIdentifier(request.url.replace(/^\/fhir\//, ''), this.isOwn(claims));
    if (read.kind === 'fault') {
      void reply.status(read.status);
      return operationOutcome(read.fault);
    }
    await this.retractions.retract(claims.tctx.org, read.identifier, claims);
    void reply.status(204);
    return undefined;
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

  private read(url: string, resource: unknown, claims: TransactionClaims): FeedEntry {
    return readFeedEntry(url, resource, this.isOwn(claims));
  }

  private isOwn({ tctx }: TransactionClaims): (system: string) => boolean {
    return (system) => this.directory.ownerOf(system) === tctx.org;
  }
}

type Fault = Extract<FeedEntry, { kind: 'fault' }>;
type Taken = Fault | { readonly kind: 'taken'; readonly statusLine: string };

/** A record that says it was replaced by one that was never fed is not taken. */
const placedOf = (placing: Placing): Taken =>
  placing === 'survivor-unknown'
    ? fault('unprocessable-resource')
    : { kind: 'taken', statusLine: statusLines[placing] };

function responseOf(entry: FeedEntry, next: () => Placing): BundleEntry {
  const taken = entry.kind === 'fault' ? entry : placedOf(next());
  if (taken.kind === 'taken') return { response: { status: taken.statusLine } };
  const outcome: OperationOutcome = operationOutcome(taken.fault);
  return { response: { status: String(taken.status), outcome } };
}
