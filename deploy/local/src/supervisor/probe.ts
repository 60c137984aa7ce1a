import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const ANSWER_MS = 2_000;

/**
 * Whether a `GET` of that address answers 200 now. A refused connection, another status or two seconds of silence is
 * "not yet", never an error.
 *
 * @param ca PEM of the authority that an `https:` address is checked against.
 */
export function answersOk(url: string, ca?: string): Promise<boolean> {
  const secure = url.startsWith('https:');
  return new Promise((resolve) => {
    const options = { timeout: ANSWER_MS, agent: false, ...(secure && ca !== undefined ? { ca } : {}) } as const;
    const request = (secure ? requestHttps : requestHttp)(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(false));
    request.end();
  });
}
