// One executable, many names.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { ours, run } from '../support/daemon.ts';

const [executable] = ours;
let links: string;

beforeAll(() => {
  links = mkdtempSync(join(tmpdir(), 'tsv-links-'));
  for (const name of ['supervisord', 'supervisorctl', 'echo_supervisord_conf']) {
    symlinkSync(executable, join(links, name));
  }
});
afterAll(() => rmSync(links, { recursive: true }));

describe('the executable', () => {
  test('prints its version', async () => {
    const { status, stdout } = await run([executable, '--version']);
    expect([status, stdout]).toEqual([0, `tsupervisor ${packageJson.version}\n`]);
  });

  test('lists its commands', async () => {
    const { status, stdout } = await run([executable, '--help']);
    expect(status).toBe(0);
    for (const name of ['supervisord', 'supervisorctl', 'run', 'echo-conf', 'check', 'doctor']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
  });

  for (const word of ['frobnicate', '--frobnicate', 'constructor']) {
    test(`refuses ${word} with one line and status 2`, async () => {
      const { status, stdout, stderr } = await run([executable, word]);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^tsupervisor: unknown (command|option) '[-a-z]+' [^\n]*\n$/);
    });
  }
});

describe('a link', () => {
  test('called supervisord takes its options and speaks under its name', async () => {
    const program = join(links, 'supervisord');
    expect((await run([program, '--version'])).stdout).toBe('4.2.5\n');
    const { status, stderr } = await run([program, '-x']);
    expect([status, stderr]).toEqual([2, `Error: option -x not recognized\nFor help, use ${program} -h\n`]);
  });

  test('called supervisorctl is the client', async () => {
    const program = join(links, 'supervisorctl');
    const { status, stdout } = await run([program, '-s', 'unix:///nonexistent.sock', 'pid']);
    expect([status, stdout]).toEqual([7, 'unix:///nonexistent.sock no such file\n']);
  });

  test('called echo_supervisord_conf prints a configuration', async () => {
    const { status, stdout } = await run([join(links, 'echo_supervisord_conf')]);
    expect(status).toBe(0);
    expect(stdout).toContain('\n[supervisord]\n');
  });
});

describe('a configuration without -c', () => {
  test('is looked for next to the directory of the link, as in PATH, by daemon and client alike', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'tsv-prefix-'));
    mkdirSync(join(prefix, 'bin'));
    mkdirSync(join(prefix, 'etc'));
    for (const name of ['supervisord', 'supervisorctl']) symlinkSync(executable, join(prefix, 'bin', name));
    const url = `unix://${prefix}/nobody.sock`;
    writeFileSync(
      join(prefix, 'etc/supervisord.conf'),
      `[supervisord]\nminfds=never\n[supervisorctl]\nserverurl=${url}\n`,
    );
    const byName = (command: string) => run(['/bin/sh', '-c', `PATH=${prefix}/bin:$PATH; ${command}`]);
    expect((await byName('supervisorctl pid')).stdout).toBe(`${url} no such file\n`);
    expect((await byName('supervisord -n')).stderr).toContain(
      "Error: invalid literal for int() with base 10: 'never'",
    );
    rmSync(prefix, { recursive: true });
  });
});
