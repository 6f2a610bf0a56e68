// One HTTP request of the daemon's own, to whoever the configuration names: bounded in time and size, never by a
// proxy, never redirected.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface HttpQuestion {
  readonly url: string;
  readonly timeoutMs: number;
  /** Sent as JSON by POST; without it the request is a GET. */
  readonly json?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** The beginning of the body, as UTF-8. */
  readonly text: string;
}

const maxAnswerBytes = 1024 * 1024;

/** Throws an Error with one line of reason when there is no complete answer in time. */
export function probeHttp({ url, timeoutMs, json }: HttpQuestion): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const send = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
  const method = json === undefined ? 'GET' : 'POST';
  const headers = json === undefined ? {} : { 'Content-Type': 'application/json' };
  const request = send(url, { method, headers, agent: false }, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const answer = () =>
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < maxAnswerBytes) return;
      answer();
      request.destroy();
    });
    response.on('end', answer);
    response.on('error', reject);
  });
  const limit = setTimeout(() => {
    reject(new Error(`no answer within ${timeoutMs / 1000} seconds`));
    request.destroy();
  }, timeoutMs);
  request.on('error', reject);
  request.end(json);
  return promise.finally(() => clearTimeout(limit));
}
