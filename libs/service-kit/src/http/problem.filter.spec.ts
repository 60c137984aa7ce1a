import type { ArgumentsHost } from '@nestjs/common';
import type { PinoLogger } from 'nestjs-pino';

import type { DoorRefusals } from './door-refusals.js';
import { ProblemFilter, Refusal } from './problem.filter.js';

function answerTo(error: Error) {
  const answer: { status?: number; headers: Record<string, string>; body?: unknown } = { headers: {} };
  const reply = {
    header: (name: string, value: string) => ((answer.headers[name] = value), reply),
    status: (status: number) => ((answer.status = status), reply),
    type: () => reply,
    send: (body: unknown) => ((answer.body = body), reply),
  };
  const http = { getRequest: () => ({}), getResponse: () => reply };
  const host = { getType: () => 'http', switchToHttp: () => http } as unknown as ArgumentsHost;
  const logger = { error: () => undefined } as unknown as PinoLogger;
  new ProblemFilter(logger, { note: () => undefined } as unknown as DoorRefusals).catch(error, host);
  return answer;
}

describe(ProblemFilter.name, () => {
  it('answers a refusal with its status and code', () => {
    const body = { type: 'about:blank', status: 409, code: 'already-invited' };
    expect(answerTo(new Refusal('already-invited', 409))).toEqual({ status: 409, headers: {}, body });
  });

  it('tells what was tried in a header, for the gateway’s entry; the answer is that of what is not there', () => {
    const nobody = answerTo(new Refusal('person-unknown', 404));
    const another = answerTo(new Refusal('person-unknown', 404, 'person-of-another'));
    expect(another).toEqual({ ...nobody, headers: { 'hie-attempt': 'person-of-another' } });
  });

  it('says nothing of an error that nobody meant', () => {
    const { status, body } = answerTo(new Error('a row of a table'));
    expect([status, body]).toEqual([500, { type: 'about:blank', status: 500, code: 'internal' }]);
  });
});
