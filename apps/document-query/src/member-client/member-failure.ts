import type { CoverageReason, CoverageStatus } from '@hie/fhir';

/** Why a member did not answer; becomes its row of the coverage manifest. */
export class MemberFailure extends Error {
  override readonly name = 'MemberFailure';
  constructor(
    readonly status: CoverageStatus,
    readonly code: CoverageReason,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EPIPE', 'UND_ERR_SOCKET']);
const OVERDUE = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** Reads an error of the HTTP client; its message is left behind, because it may quote the member. */
export function asMemberFailure(error: unknown): MemberFailure {
  if (error instanceof MemberFailure) return error;
  const { code, name } = error as { code?: string; name?: string };
  if (name === 'AbortError' || name === 'TimeoutError' || OVERDUE.has(code ?? '')) {
    return new MemberFailure('timed-out', 'deadline-passed', { cause: error });
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new MemberFailure('failed', 'answer-too-large', { cause: error });
  if (UNREACHABLE.has(code ?? '')) return new MemberFailure('failed', 'connection-failed', { cause: error });
  if (error instanceof SyntaxError) return new MemberFailure('failed', 'malformed-answer');
  return new MemberFailure('failed', 'connection-failed', { cause: error });
}
