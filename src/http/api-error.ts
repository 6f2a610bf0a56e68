// Errors that are made before a method of the JSON API is called, or instead of its answer: JSON for its clients as well.
import { json } from './json-response.ts';
import type { RequestHead } from './request.ts';
import { type HttpResponse, reasons } from './response.ts';

export const apiPath = '/api/v1';

export function isOfApi(path: string): boolean {
  return path === apiPath || path.startsWith(`${apiPath}/`);
}

/** An error as whoever asked can read it: `page`, or below `API` its status and `reason` as JSON. */
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
