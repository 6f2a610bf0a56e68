// An HTTP request by the daemon to a URL of the configuration: bounded in time and size, without proxy, follows no
// redirect.
import type { ClientRequest, request as httpRequest } from 'node:http';

export interface ProbeRequest {
  readonly url: string;
  readonly timeoutMs: number;
  /** JSON body of a POST; without it the request is a GET. */
  readonly json?: string;
}

export interface ProbeResponse {
  readonly status: number;
  /** The body as UTF-8, cut after 1 MiB. */
  readonly text: string;
}

const maxResponseBytes = 1024 * 1024;
/** 1xx responses before the final one: a server sends one or two (100 Continue, 103 Early Hints). */
const maxInformational = 16;

/** Rejects with a one-line reason when there is no complete response in time. */
export async function probeHttp({ url, timeoutMs, json }: ProbeRequest): Promise<ProbeResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ProbeResponse>();
  const send = await requestOf(url);
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
      if (bytes < maxResponseBytes) return;
      answer();
      request.destroy();
    });
    response.on('end', answer);
    response.on('error', reject);
  });
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${timeoutMs / 1000} seconds`));
    request.destroy();
  }, timeoutMs);
  limitInformational(request);
  request.on('error', reject);
  request.end(json);
  return promise.finally(() => clearTimeout(timer));
}

/**
 * The status of the answer to a GET request; the body is not read. Rejects with a one-line reason, also when aborted.
 */
export async function requestStatus(url: string, aborted: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const send = await requestOf(url);
  aborted.throwIfAborted();
  const request = send(url, { agent: false, signal: aborted }, (response) => {
    response.on('error', reject);
    resolve(response.statusCode ?? 0);
  });
  limitInformational(request);
  request.on('error', reject);
  request.end();
  return promise.finally(() => request.destroy());
}

/** Fails a request whose server sends 1xx responses without end: parsing them would keep the main thread busy. */
function limitInformational(request: ClientRequest): void {
  let count = 0;
  request.on('information', () => {
    count += 1;
    if (count > maxInformational) request.destroy(new Error('too many informational responses'));
  });
}

/** Loaded when first used: they take 1.5 MB of memory. */
async function requestOf(url: string): Promise<typeof httpRequest> {
  const { request } = await (new URL(url).protocol === 'https:' ? import('node:https') : import('node:http'));
  return request;
}
