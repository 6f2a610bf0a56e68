// The executable is all there is: it must not miss the sources that it was made from.
import { describe, expect, test } from 'bun:test';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ours, run } from '../support/daemon.ts';

const sources = join(import.meta.dir, '../../src');

describe('the executable alone, without sources', () => {
  test('starts programs and keeps what they write', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tsv-alone-'));
    const path = (name: string) => join(directory, name);
    copyFileSync(ours[0], path('tsupervisor'));
    writeFileSync(
      path('c.conf'),
      `[supervisord]\nlogfile=${path('log')}\npidfile=${path('pid')}\n
[program:hello]\ncommand=/bin/echo hello\nstartsecs=0\nautorestart=false\nstdout_logfile=${path('hello')}\n
[program:end]\ncommand=/bin/sh -c "until test -s ${path('hello')}; do sleep 0.02; done; kill $(cat ${path('pid')})"\n`,
    );
    const hidden = `mount -t tmpfs none '${sources}' && exec timeout 20 '${path('tsupervisor')}' run -c '${path('c.conf')}'`;
    const { status, stderr } = await run(['unshare', '--mount', 'sh', '-c', hidden]);
    expect(stderr).not.toContain('ended');
    expect(status).toBe(0);
    expect(readFileSync(path('hello'), 'utf8')).toBe('hello\n');
    expect(readFileSync(path('log'), 'utf8')).toContain('INFO supervisord started with pid');
    rmSync(directory, { recursive: true });
  });
});
