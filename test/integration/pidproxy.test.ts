// pidproxy, ours and the original's, with a command that goes into the background.
import { describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ours } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

const [executable] = ours;
const candidates = { ours: [executable, 'pidproxy'], 'the original': ['/usr/bin/pidproxy'] };

/** Notes the signals it gets, and ends on SIGTERM. */
const daemon = `#!/bin/sh
trap 'echo HUP >>DIR/got' HUP
trap 'echo TERM >>DIR/got; exit 0' TERM
echo $$ >DIR/pid
while :; do sleep 0.05; done
`;

for (const [name, command] of Object.entries(candidates)) {
  describe(`pidproxy (${name})`, () => {
    test('passes signals to the process of the pidfile, and ends with it on SIGTERM', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'tsv-pidproxy-'));
      const path = (file: string) => join(directory, file);
      writeFileSync(path('daemon'), daemon.replaceAll('DIR', directory));
      chmodSync(path('daemon'), 0o755);
      const proxy = Bun.spawn([...command, path('pid'), path('daemon')], {
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      const got = () => (existsSync(path('got')) ? readFileSync(path('got'), 'utf8') : '');
      await eventually(() => existsSync(path('pid')) && readFileSync(path('pid'), 'utf8') !== '', {
        what: 'the pidfile',
      });
      proxy.kill('SIGHUP');
      await eventually(() => got() === 'HUP\n', { what: 'SIGHUP to arrive' });
      proxy.kill('SIGTERM');
      expect(await proxy.exited).toBe(0);
      await eventually(() => got() === 'HUP\nTERM\n', { what: 'SIGTERM to arrive' });
      rmSync(directory, { recursive: true });
    });

    test('says how it is used', async () => {
      const proxy = Bun.spawn([...command, 'only-a-pidfile'], { stdout: 'pipe', stderr: 'ignore' });
      expect(await new Response(proxy.stdout).text()).toContain('<pidfile name> <command> [<cmdarg1> ...]');
      expect(await proxy.exited).toBe(1);
    });
  });
}
