// The daemon after an exception that is a bug and that nothing has handled.
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { withDaemon } from '../support/daemon.ts';

const root = join(import.meta.dir, '../..');

test('an exception out of the start of all programs ends the daemon with status 1', async () => {
  const bun = join(root, 'node_modules/.bin/bun');
  const preload = join(root, 'test/support/failing-run.ts');
  const executable = [bun, '--preload', preload, join(root, 'src/main.ts'), 'supervisord'];
  await withDaemon({ config: '', executable }, async ({ subprocess }) => {
    expect(await subprocess.exited).toBe(1);
    expect(await new Response(subprocess.stderr).text()).toContain('tsupervisor: TypeError: a bug');
  });
});
