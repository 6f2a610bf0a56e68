// JSON responses.
import type { HttpResponse, Status } from './response.ts';

export function json(status: Status, value: unknown): HttpResponse {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'no-store'],
    ],
    body: `${JSON.stringify(value, plain)}\n`,
  };
}

/** Converts what JSON cannot represent; integers beyond 2^53 lose precision. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
