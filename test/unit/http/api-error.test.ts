import { describe, expect, test } from 'bun:test';
import { errorFor } from '../../../src/http/api-error.ts';
import { closingError } from '../../../src/http/response.ts';

describe('an error', () => {
  const page = closingError(413);

  test.each(['/api/v1', '/api/v1/', '/api/v1/supervisor.getState'])('is JSON at %s', (path) => {
    expect(errorFor({ path }, page, 'too much')).toEqual({
      status: 413,
      headers: [
        ['Connection', 'close'],
        ['Content-Type', 'application/json'],
        ['Cache-Control', 'no-store'],
      ],
      body: '{"error":"too much"}\n',
    });
  });

  test.each(['/', '/RPC2', '/api/v10', '/api', '/ui/api/v1'])('is a page at %s', (path) => {
    expect(errorFor({ path }, page, 'too much')).toBe(page);
  });

  test('is told by the name of its status when nobody knows more', () => {
    expect(errorFor({ path: '/api/v1' }, page).body).toBe('{"error":"Content Too Large"}\n');
  });
});
