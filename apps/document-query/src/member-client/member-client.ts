import {
  type AskedSearch,
  type MemberAnswer,
  type RecordKey,
  type SearchStage,
  askedSearches,
  batchRequest,
  readBatchResponse,
  readSearchsets,
  searchesOf,
} from '@hie/fhir';
import { BrokenCircuitError, BulkheadRejectedError, type IPolicy } from 'cockatiel';

import type { BackendToken, Behalf } from './backend-token.js';
import { MemberFailure, asMemberFailure } from './member-failure.js';
import type { MemberHttp, MemberResponse } from './member-http.js';

const PAGE_SIZE = 200;
const MAX_FURTHER_PAGES = 8;
const FHIR_JSON = 'application/fhir+json';
/** What a server says that takes no batches (FHIR R4 3.1.0.11: the interaction is optional). */
const NO_BATCH = new Set([404, 405, 501]);

export interface MemberQuestion {
  readonly records: readonly RecordKey[];
  readonly stage: SearchStage;
  /** Resource types asked about; all of the stage when empty. */
  readonly types: readonly string[];
  readonly behalf: Behalf;
  readonly signal: AbortSignal;
}

export interface MemberClientParts {
  readonly baseUrl: string;
  readonly http: MemberHttp;
  readonly token: BackendToken;
  /** Bulkhead and circuit breaker of this member alone. */
  readonly policy: IPolicy;
}

/** Asks one member: everything of a stage in one round trip where it takes batches, search by search where it does not. */
export class MemberClient {
  private takesBatches = true;

  constructor(private readonly parts: MemberClientParts) {}

  get baseUrl(): string {
    return this.parts.baseUrl;
  }

  /** @throws MemberFailure */
  async ask(question: MemberQuestion): Promise<MemberAnswer> {
    const asked = askedSearches(searchesOf(question.stage, question.types), question.records, {
      pageSize: PAGE_SIZE,
      withPatient: question.stage === 'critical',
    });
    try {
      return await this.parts.policy.execute(async () =>
        this.follow(await this.first(asked, question), asked, question),
      );
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new MemberFailure('breaker-open', 'failing-recently');
      if (error instanceof BulkheadRejectedError) throw new MemberFailure('not-asked', 'deadline-too-near');
      throw asMemberFailure(error);
    }
  }

  close(): Promise<void> {
    return this.parts.http.close();
  }

  private async first(asked: readonly AskedSearch[], question: MemberQuestion): Promise<MemberAnswer> {
    if (!this.takesBatches) return this.searchOneByOne(asked, question);
    const body = JSON.stringify(batchRequest(asked));
    const response = await this.authorised({ method: 'POST', url: this.parts.baseUrl, body }, question);
    if (NO_BATCH.has(response.status)) {
      this.takesBatches = false;
      return this.searchOneByOne(asked, question);
    }
    const answer = readBatchResponse(this.bodyOf(response), asked);
    if (answer === undefined) throw new MemberFailure('failed', 'malformed-answer');
    return answer;
  }

  private async searchOneByOne(asked: readonly AskedSearch[], question: MemberQuestion): Promise<MemberAnswer> {
    const pages = await Promise.all(
      asked.map(async (search) => {
        const url = `${this.parts.baseUrl}/${search.url}`;
        const { status, body } = await this.authorised({ method: 'GET', url }, question);
        return { search, body: status === 200 ? body : undefined };
      }),
    );
    return readSearchsets(pages);
  }

  /** Fetches further pages. What is still missing at the bound stays a failed type: never "none" where a page was not read. */
  private async follow(
    answer: MemberAnswer,
    asked: readonly AskedSearch[],
    question: MemberQuestion,
  ): Promise<MemberAnswer> {
    let { resources, nextPages } = answer;
    const unread = new Set(answer.failedTypes);
    for (let fetched = 0; nextPages.length > 0 && fetched < MAX_FURTHER_PAGES; fetched += 1) {
      const [page, ...rest] = nextPages;
      const search = asked.find(({ type }) => type === page?.type);
      if (page === undefined || search === undefined) break;
      const { status, body } = await this.authorised({ method: 'GET', url: page.url }, question);
      const read = readSearchsets([{ search, body: status === 200 ? body : undefined }]);
      resources = [...resources, ...read.resources];
      nextPages = [...rest, ...read.nextPages];
      if (read.failedTypes.length === 0 && !nextPages.some(({ type }) => type === page.type)) unread.delete(page.type);
    }
    const completed = answer.failedTypes.filter((type) => !unread.has(type));
    return {
      resources,
      nextPages,
      failedTypes: [...unread].sort(),
      answeredTypes: [...answer.answeredTypes, ...completed].sort(),
    };
  }

  private bodyOf({ status, body }: MemberResponse): unknown {
    if (status === 401 || status === 403) throw new MemberFailure('denied', 'member-refused');
    if (status !== 200) throw new MemberFailure('failed', 'error-status');
    return body;
  }

  private async authorised(
    request: { readonly method: 'GET' | 'POST'; readonly url: string; readonly body?: string },
    { behalf, signal }: MemberQuestion,
  ): Promise<MemberResponse> {
    const { http, token } = this.parts;
    const authorization = `Bearer ${await token.get(behalf, signal)}`;
    const headers = {
      accept: FHIR_JSON,
      authorization,
      ...(request.body === undefined ? {} : { 'content-type': FHIR_JSON }),
    };
    const response = await http.request({ ...request, headers, signal });
    if (response.status === 401) token.forget(behalf);
    return response;
  }
}
