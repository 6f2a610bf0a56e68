// The JSON objects that the page posts.
import type { HttpRequest } from '../request.ts';

/**
 * Null for anything else. The content type is asked for because a page of another site cannot send it without
 * being asked for permission first, which is never given.
 */
export function jsonBody({ headers, body }: HttpRequest): Readonly<Record<string, unknown>> | null {
  if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
