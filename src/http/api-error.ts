// Errors before a method of the JSON API is called, or in place of its result: JSON for API clients, HTML for others.
import { json } from './json-response.ts';
import type { RequestHead } from './request.ts';
import { type HttpResponse, reasons } from './response.ts';

export const apiPath = '/api/v1';

export function isOfApi(path: string): boolean {
  return path === apiPath || path.startsWith(`${apiPath}/`);
}

/** An error in the format of the client: `page`, or below `API` the status and `reason` as JSON. */
export function errorFor(
  { path }: Pick<RequestHead, 'path'>,
  page: HttpResponse,
  reason: string = reasons[page.status],
): HttpResponse {
  if (!isOfApi(path)) return page;
  const { status, headers, body } = json(page.status, { error: reason });
  const others = page.headers.filter(([name]) => !name.startsWith('Content-'));
  return { status, headers: [...others, ...headers], body };
}
