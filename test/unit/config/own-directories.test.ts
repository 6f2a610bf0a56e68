import { describe, expect, test } from 'bun:test';
import { isOwnDirectory } from '../../../src/config/own-directories.ts';

describe('a directory that the daemon makes by itself', () => {
  test.each([
    '/run/supervisor',
    '/var/run/supervisor',
    '/var/run/supervisor/',
    '/run/supervisord',
    '/run/tsupervisor',
    '/var/log/supervisor',
    '/var/log/tsupervisor',
  ])('is %s', (path) => expect(isOwnDirectory(path)).toBe(true));

  test.each([
    '',
    '/run',
    '/run/',
    '/run/systemd',
    '/run/supervisor/deeper',
    '/run/supervisor/../systemd',
    '/srv/run/supervisor',
    '/var/log/suprevisor',
    '/tmp/supervisor',
    'run/supervisor',
  ])('is not %p', (path) => expect(isOwnDirectory(path)).toBe(false));
});
