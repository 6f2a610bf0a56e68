// What the runtime requires, and what a user sees where it is missing.
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { ours, run } from '../support/daemon.ts';

describe('where memory must not be writable and executable', () => {
  const denying = ['/usr/bin/python3', join(import.meta.dir, '../support/deny-executable-memory.py')];

  test.each(['run -c /nonexistent.conf', 'supervisord -n', 'supervisorctl status', 'status', 'doctor'])(
    '%s says in one line what is needed and why, and exits with 1',
    async (words) => {
      const { status, stdout, stderr } = await run([...denying, ours[0], ...words.split(' ')]);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(
        /^tsupervisor needs memory that is writable and executable .*MemoryDenyWriteExecute=yes .*deny_execmem.*\n$/,
      );
    },
  );

  test('--version and --help need none', async () => {
    expect((await run([...denying, ours[0], '--version'])).status).toBe(0);
    expect((await run([...denying, ours[0], '--help'])).status).toBe(0);
  });
});

test('without /proc the runtime aborts before any code of the daemon runs, as the documentation says', async () => {
  // When this fails, the runtime has learned to go without: tell the user in one line, and amend docs/packages.md.
  const script = 'umount -l /proc && exec "$0" --version';
  const { status, stdout, stderr } = await run(['unshare', '--mount', '/bin/sh', '-c', script, ours[0]]);
  expect({ status, stdout }).toEqual({ status: 134, stdout: '' });
  expect(stderr).toContain('abort() called');
});
